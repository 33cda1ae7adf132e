using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.Governor;

/// <summary>
/// Decides how much a target is asked for: how many versions may be taken in hand, and when the next one. It learns from every
/// call that passes through the target's pipeline. Safe for several threads.
/// </summary>
internal sealed partial class TargetGovernor
{
    private const double BackgroundShare = 0.1;
    private const double ScarceRemaining = 0.05;
    private const int StallFactor = 4;

    private readonly Lock sync = new();
    private readonly int slots;
    private readonly TimeSpan stallAfter;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly long origin;
    private readonly CallHistory history = new();
    private readonly CallBudget budget;
    private readonly LimitLearner learner;
    private readonly SlotTuner tuner;
    private readonly Pace pace = new();
    private readonly List<VersionCalls> inHand = [];

    private long sent;
    private int inFlight;
    private bool disconnected;
    private TimeSpan? typical;
    private bool budgetHolds;
    private TimeSpan? heldBackAt;
    private double background;
    private TimeSpan backgroundAt;
    private RateHeaders? lastRate;
    private bool headersLie;
    private long? backlog;

    public TargetGovernor(TargetOptions target, DeliveryOptions delivery, TimeProvider clock, ILogger logger)
    {
        Name = target.Name;
        slots = target.MaxConcurrency > 0 ? target.MaxConcurrency : delivery.Concurrency;
        stallAfter = delivery.PollInterval;
        this.clock = clock;
        this.logger = logger;
        origin = clock.GetTimestamp();
        Gate = new TargetGate(delivery, clock, target.BreakDuration);
        var configured =
            target.CallLimit > 0 ? new CallLimit(target.CallLimit, target.CallLimitWindow, LimitSource.Configured) : null;
        learner = new LimitLearner(history, configured);
        budget = new CallBudget(history);
        budget.Set(configured, TimeSpan.Zero, pace.CallsPerVersion);
        tuner = new SlotTuner(slots);
    }

    public string Name { get; }

    public TargetGate Gate { get; }

    private TimeSpan Now => clock.GetElapsedTime(origin);

    /// <summary>More are never in hand. Versions whose calls stall give their slots to others, so it is more than there are slots.</summary>
    public static int MostInHand(TargetOptions target, DeliveryOptions delivery) =>
        2 * (target.MaxConcurrency > 0 ? target.MaxConcurrency : delivery.Concurrency);

    /// <param name="most">As many as the caller can take.</param>
    public Admission Admit(int most)
    {
        lock (sync)
        {
            var now = Now;
            Explore(now);
            var active = inHand.Count(v => Counts(v, now));
            var free = Math.Min(tuner.Current - active, (2 * slots) - inHand.Count);
            if (free <= 0)
                return new Admission(0, UntilStall(now));
            var open = Gate.Admit(Math.Min(free, most), active);
            if (open <= 0)
                return new Admission(0, Gate.Pause?.Left ?? UntilStall(now));
            var room = budget.Room(pace.CallsPerVersion, open, now);
            budgetHolds = room < open;
            return new Admission(room, room > 0 ? null : budget.Until(pace.CallsPerVersion, pace.CallsPerVersion, now));
        }
    }

    /// <summary>Versions were claimed; each is in hand until <see cref="Ended"/>.</summary>
    /// <param name="asked">As many as were admitted.</param>
    /// <param name="count">As many as there were.</param>
    public IReadOnlyList<VersionCalls> Begin(int asked, int count)
    {
        lock (sync)
        {
            var now = Now;
            if (budgetHolds && count == asked)
                heldBackAt = now;
            VersionCalls[] begun = [.. Enumerable.Range(0, count).Select(_ => new VersionCalls(pace.CallsPerVersion, now, tuner.Dips))];
            foreach (var version in begun)
            {
                inHand.Add(version);
                budget.Reserved += version.Expected;
                pace.Began(now);
            }

            if (inHand.Count >= tuner.Settled)
                tuner.Full();
            return begun;
        }
    }

    /// <param name="version">From <see cref="Begin"/>.</param>
    /// <param name="outcome">Null when the try has none.</param>
    public void Ended(VersionCalls version, DeliveryOutcome? outcome)
    {
        lock (sync)
        {
            var now = Now;
            inHand.Remove(version);
            budget.Reserved = inHand.Count == 0 ? 0 : Math.Max(0, budget.Reserved - version.Expected);
            var done = outcome?.Meaning().Nature == OutcomeNature.Done;
            pace.Ended(now, done ? version.Made : null);
            if (done)
                typical = typical is { } before ? before + ((now - version.Began - before) / 16) : now - version.Began;
        }
    }

    /// <summary>Learns from how a try ended.</summary>
    /// <returns>True when the version is to be given back: what stopped it concerns the whole target.</returns>
    public bool Report(Ending ending, VersionCoordinates version)
    {
        // A refusal for the limit has closed the gate when it arrived.
        if (ending.Outcome != DeliveryOutcome.Throttled || Gate.Pause is null)
            Say(Gate.Report(ending, version, disconnected), ending.Reason);
        return ending.Outcome == DeliveryOutcome.Throttled
            || (ending.Outcome is DeliveryOutcome.Unauthorized or DeliveryOutcome.Unreachable && Gate.Pause is not null);
    }

    /// <summary>Asks for calls that nobody waits for: at most a tenth of a known limit, and nothing that versions need.</summary>
    /// <param name="calls">That will be made; they are debited when they are.</param>
    public bool TryTakeForBackground(int calls)
    {
        lock (sync)
        {
            var now = Now;
            // After a pause a version goes first; where none waits, nobody else would find out that the target answers again.
            var versionFirst = Gate.Probing is not null && (inHand.Count > 0 || backlog is not 0);
            if (Gate.Pause is not null || versionFirst || inHand.Count >= tuner.Settled)
                return false;
            if (learner.Limit is not { } limit)
                return true;
            var share = BackgroundShare * limit.Rate;
            background = Math.Min(background + (share * (now - backgroundAt).TotalSeconds), Math.Max(calls, BackgroundShare * CallLimit.Burst * limit.Calls));
            backgroundAt = now;
            var scarce = budgetHolds && backlog > 0;
            if (scarce || background < calls || budget.Until(calls + pace.CallsPerVersion, calls + pace.CallsPerVersion, now) > TimeSpan.Zero)
                return false;
            background -= calls;
            return true;
        }
    }

    /// <summary>One that stalls holds no slot, and in a dip one that began before it does not: it may be dead, too.</summary>
    private bool Counts(VersionCalls version, TimeSpan now) =>
        now - version.Began < StallAge && (!tuner.Dipping || version.Dips == tuner.Dips);

    private TimeSpan StallAge => typical * StallFactor is { } long_ && long_ > stallAfter ? long_ : stallAfter;

    private TimeSpan? UntilStall(TimeSpan now)
    {
        TimeSpan[] ages = [.. inHand.Select(v => now - v.Began).Where(age => age < StallAge)];
        return inHand.Count < 2 * slots && ages.Length > 0 ? StallAge - ages.Max() : null;
    }

    private void Explore(TimeSpan now)
    {
        if (heldBackAt is not { } since || learner.Limit is not { } limit || now - since > limit.Window || !learner.Explore(now))
            return;
        budget.Set(learner.Limit, now);
        Log.Raised(logger, Name, limit.Calls, learner.Limit.Calls, limit.Window);
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
            EventName = "LimitLearned")]
        public static partial void Learned(ILogger logger, string target, double calls, TimeSpan window, LimitSource source, double rate);

        [LoggerMessage(
            3052, LogLevel.Debug,
            "Whether target {Target} allows more calls is tried: {Calls} instead of {Before} in {Window}",
            EventName = "LimitRaised")]
        public static partial void Raised(ILogger logger, string target, double before, double calls, TimeSpan window);

        [LoggerMessage(
            3053, LogLevel.Warning,
            "What an earlier run learned about target {Target} cannot be read; it is learned again",
            EventName = "LessonsUnreadable")]
        public static partial void Unreadable(ILogger logger, string target);

        [LoggerMessage(
            3054, LogLevel.Warning,
            "Target {Target} says that no calls are left and lets them pass; its headers are not believed any more",
            EventName = "HeadersLie")]
        public static partial void HeadersLie(ILogger logger, string target);
    }
}
