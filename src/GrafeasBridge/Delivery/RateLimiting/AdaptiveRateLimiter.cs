using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>How many versions may be claimed.</summary>
/// <param name="Versions">Now.</param>
/// <param name="Wait">When there are none: how long until there are, as far as time alone decides it; null when it does not.</param>
internal sealed record Admission(int Versions, TimeSpan? Wait);

/// <summary>A call under way.</summary>
/// <param name="Number">Grows with every call of the target.</param>
internal sealed record SentCall(long Number, TimeSpan At);

/// <summary>
/// Decides how much a target is asked for: how many versions may be claimed, and when the next one. It learns from every call that
/// passes through the target's pipeline. Safe for several threads.
/// </summary>
internal sealed partial class AdaptiveRateLimiter
{
    private const double BackgroundShare = 0.1;
    private const double ScarceRemaining = 0.05;

    private readonly Lock sync = new();
    private readonly int slots;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly long origin;
    private readonly CallHistory history = new();
    private readonly CallBudget budget;
    private readonly RateLimitEstimator estimator;
    private readonly Throughput throughput = new();

    private long sent;
    private bool disconnected;
    private bool limitHolds;
    private double background;
    private TimeSpan backgroundAt;
    private RateHeaders? lastRate;
    private bool headersIgnored;
    private long? backlog;

    public AdaptiveRateLimiter(TargetOptions target, DeliveryOptions delivery, TimeProvider clock, ILogger logger)
    {
        Name = target.Name;
        slots = MostInFlight(target, delivery);
        this.clock = clock;
        this.logger = logger;
        origin = clock.GetTimestamp();
        Gate = new TargetGate(delivery, clock, target.BreakDuration);
        var configured =
            target.CallLimit > 0 ? new CallLimit(target.CallLimit, target.CallLimitWindow, LimitSource.Configured) : null;
        estimator = new RateLimitEstimator(history, configured);
        budget = new CallBudget(history);
        budget.Set(configured, TimeSpan.Zero, throughput.CallsPerVersion);
    }

    public string Name { get; }

    public TargetGate Gate { get; }

    private TimeSpan Now => clock.GetElapsedTime(origin);

    private bool HoldsVersionsBack => limitHolds && backlog > 0;

    /// <summary>More versions are never in flight.</summary>
    public static int MostInFlight(TargetOptions target, DeliveryOptions delivery) =>
        target.MaxConcurrency > 0 ? target.MaxConcurrency : delivery.Concurrency;

    /// <param name="most">As many as the caller can take.</param>
    public Admission Admit(int most)
    {
        lock (sync)
        {
            var now = Now;
            if (HoldsVersionsBack && estimator.TryRaise(now))
            {
                budget.Set(estimator.Limit, now);
                Log.Raised(logger, Name, estimator.Limit!.Calls, estimator.Limit.Window);
            }

            var free = Math.Min(slots - throughput.InFlight, most);
            var open = free > 0 ? Gate.Admit(free, throughput.InFlight) : 0;
            if (open == 0)
                return new Admission(0, Gate.Pause?.Left);
            var room = budget.Room(throughput.CallsPerVersion, open, now);
            limitHolds = room < open;
            return new Admission(room, room > 0 ? null : budget.Until(throughput.CallsPerVersion, throughput.CallsPerVersion, now));
        }
    }

    /// <summary>Versions were claimed; <see cref="Ended"/> follows for each.</summary>
    public void Began(int count)
    {
        lock (sync)
        {
            throughput.Began(Now, count);
            budget.Reserved += count * throughput.CallsPerVersion;
        }
    }

    /// <summary>A version is no longer in flight.</summary>
    /// <param name="outcome">Null when the attempt has none.</param>
    public void Ended(DeliveryOutcome? outcome)
    {
        lock (sync)
        {
            throughput.Ended(Now, outcome?.Meaning().Nature == OutcomeNature.Done);
            budget.Reserved = Math.Min(budget.Reserved, throughput.InFlight * throughput.CallsPerVersion);
        }
    }

    /// <summary>Learns from how an attempt ended.</summary>
    /// <returns>True when the version is to be given back: what stopped it concerns the whole target.</returns>
    public bool Report(AttemptResult result, VersionCoordinates version)
    {
        // A refusal for the limit has closed the gate when it arrived.
        if (result.Outcome != DeliveryOutcome.Throttled || Gate.Pause is null)
            Say(Gate.Report(result, version, disconnected), result.Reason);
        return result.Outcome == DeliveryOutcome.Throttled
            || (result.Outcome is DeliveryOutcome.Unauthorized or DeliveryOutcome.Unreachable && Gate.Pause is not null);
    }

    /// <summary>Asks for calls that nobody waits for: at most a tenth of a known limit, and nothing that versions need.</summary>
    /// <param name="calls">That will be made; they are debited when they are.</param>
    public bool TryTakeForBackground(int calls)
    {
        lock (sync)
        {
            var now = Now;
            // After a pause a version goes first; where none waits, nobody else would find out that the target answers again.
            var versionFirst = Gate.Probing is not null && (throughput.InFlight > 0 || backlog is not 0);
            if (Gate.Pause is not null || versionFirst || throughput.InFlight >= slots || !LimitLeaves(calls, now))
                return false;
            throughput.Discount(calls);
            budget.Reserved += calls;
            return true;
        }
    }

    private bool LimitLeaves(int calls, TimeSpan now)
    {
        if (estimator.Limit is not { } limit)
            return true;
        var share = BackgroundShare * limit.Rate;
        background = Math.Min(background + (share * (now - backgroundAt).TotalSeconds), Math.Max(calls, BackgroundShare * CallLimit.Burst * limit.Calls));
        backgroundAt = now;
        var needed = calls + throughput.CallsPerVersion;
        if (HoldsVersionsBack || background < calls || budget.Until(needed, needed, now) > TimeSpan.Zero)
            return false;
        background -= calls;
        return true;
    }

    private void Say(TimeSpan? pause, string reason)
    {
        if (pause is { } begun)
            Log.Paused(logger, Name, begun, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(3050, LogLevel.Warning, "Target {Target} is left alone for {Pause}. {Reason}", EventName = "TargetPaused")]
        public static partial void Paused(ILogger logger, string target, TimeSpan pause, string reason);

        [LoggerMessage(
            3051, LogLevel.Information,
            "Target {Target} allows about {Calls} calls in {Window} ({Source}); at most {Rate} a second are made",
            EventName = "RateLimitLearned")]
        public static partial void Learned(ILogger logger, string target, double calls, TimeSpan window, LimitSource source, double rate);

        [LoggerMessage(
            3052, LogLevel.Debug,
            "Target {Target} has refused nothing for some windows; {Calls} calls in {Window} are tried",
            EventName = "RateLimitRaised")]
        public static partial void Raised(ILogger logger, string target, double calls, TimeSpan window);

        [LoggerMessage(
            3053, LogLevel.Warning,
            "What an earlier run learned about target {Target} cannot be read; it is learned again",
            EventName = "SavedRateLimitUnreadable")]
        public static partial void Unreadable(ILogger logger, string target);

        [LoggerMessage(
            3054, LogLevel.Warning,
            "Target {Target} says that no calls are left and lets them pass; its headers are not believed any more",
            EventName = "RateHeadersIgnored")]
        public static partial void HeadersIgnored(ILogger logger, string target);
    }
}
