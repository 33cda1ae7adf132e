using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Mapping;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrafeasBridge.Tests.Delivery.RateLimiting;

/// <summary>Time that a simulation moves.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    public TimeSpan Now { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero) + Now;
}

/// <summary>A target's hidden limit: in windows of the clock, or over any stretch of time.</summary>
internal sealed class HiddenLimit(long calls, TimeSpan window, bool sliding = false)
{
    private readonly Queue<TimeSpan> passed = new();
    private long count;
    private long number = -1;

    /// <summary>Null for none.</summary>
    public long Calls { get; set; } = calls;

    public bool NamesTime { get; init; } = true;

    public bool HasHeaders { get; init; }

    /// <summary>How far into a window the simulation begins.</summary>
    public TimeSpan Offset { get; init; }

    public TargetReply Answer(TimeSpan now)
    {
        (var used, var opens) = sliding ? Sliding(now) : Fixed(now + Offset);
        var passes = used < Calls;
        if (passes)
            Take(now);
        var wait = TimeSpan.FromSeconds(Math.Ceiling(opens.TotalSeconds));
        var rate = HasHeaders ? new RateHeaders(Calls, Math.Max(0, Calls - used - 1), null) : null;
        return passes
            ? new TargetReply(null, "", 200, default, null) { Rate = rate }
            : new TargetReply(DeliveryOutcome.Throttled, "limit", NamesTime ? 429 : 403, default, NamesTime ? wait : null) { Rate = rate };
    }

    private void Take(TimeSpan now)
    {
        count++;
        passed.Enqueue(now);
    }

    private (long Used, TimeSpan Opens) Fixed(TimeSpan now)
    {
        if (now.Ticks / window.Ticks != number)
            (number, count) = (now.Ticks / window.Ticks, 0);
        return (count, TimeSpan.FromTicks(window.Ticks - (now.Ticks % window.Ticks)));
    }

    private (long Used, TimeSpan Opens) Sliding(TimeSpan now)
    {
        while (passed.TryPeek(out var first) && first <= now - window)
            passed.Dequeue();
        return (passed.Count, passed.TryPeek(out var oldest) ? oldest + window - now : TimeSpan.Zero);
    }
}

/// <summary>
/// Versions, and a target, in simulated time: the same steps as the loop, the reconciler and the pipeline make, without the waiting.
/// </summary>
internal sealed class Simulation
{
    private readonly SimulatedClock clock = new();
    private readonly PriorityQueue<Action, (TimeSpan, long)> events = new();
    private readonly Func<TimeSpan, TargetReply> target;
    private readonly Func<int, TimeSpan> latency;
    private long order;
    private TimeSpan? wakeAt;
    private int underWay;

    public Simulation(Func<TimeSpan, TargetReply> target, Func<int, TimeSpan>? latency = null, Action<TargetOptions>? change = null)
    {
        this.target = target;
        this.latency = latency ?? (_ => TimeSpan.FromMilliseconds(50));
        var options = new TargetOptions { Name = "simulated" };
        change?.Invoke(options);
        RateLimiter = new AdaptiveRateLimiter(options, new DeliveryOptions(), clock, NullLogger.Instance);
    }

    public Simulation(HiddenLimit limit, Func<int, TimeSpan>? latency = null)
        : this(limit.Answer, latency)
    {
    }

    public AdaptiveRateLimiter RateLimiter { get; }

    public long Pending { get; set; }

    public int CallsPerVersion { get; set; } = 3;

    public TimeSpan Now => clock.Now;

    public long Passed { get; private set; }

    public List<TimeSpan> Refused { get; } = [];

    /// <summary>How often a free slot stayed empty although versions waited.</summary>
    public int HeldBack { get; private set; }

    public int MostUnderWay { get; private set; }

    /// <summary>Called once a second of simulated time, at most.</summary>
    public Action? EachSecond { get; set; }

    /// <summary>Goes on until nothing waits, or the time is over.</summary>
    public void Run(TimeSpan? until = null)
    {
        var end = until ?? TimeSpan.MaxValue;
        var told = clock.Now;
        Turn();
        while (events.TryPeek(out _, out (TimeSpan At, long) next) && next.At <= end)
        {
            var action = events.Dequeue();
            clock.Now = next.At;
            action();
            if (Pending > 0)
                Turn();
            if (clock.Now - told < TimeSpan.FromSeconds(1))
                continue;
            told = clock.Now;
            RateLimiter.Sampled(Pending + RateLimiter.Status().Concurrency);
            EachSecond?.Invoke();
        }

        if (end < TimeSpan.MaxValue)
            clock.Now = end;
    }

    private void Turn()
    {
        var admission = RateLimiter.Admit(16);
        if (admission.Versions == 0 && admission.Wait is { } wait)
        {
            HeldBack++;
            var at = clock.Now + (wait < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : wait);
            if (wakeAt is null || wakeAt <= clock.Now || at < wakeAt)
                After((wakeAt = at).Value - clock.Now, () => { });
        }

        var count = (int)Math.Min(Pending, admission.Versions);
        Pending -= count;
        RateLimiter.Began(count);
        for (var i = 0; i < count; i++)
            Call(CallsPerVersion);
        if (count > 0 && Pending > 0 && count == admission.Versions)
            Turn();
    }

    private void Call(int left)
    {
        if (RateLimiter.Gate.Quiet is not null)
        {
            End(DeliveryOutcome.Throttled);
            return;
        }

        var call = RateLimiter.Send();
        MostUnderWay = Math.Max(MostUnderWay, ++underWay);
        var reply = target(clock.Now);
        After(latency(underWay), () =>
        {
            underWay--;
            RateLimiter.Answered(call, reply);
            if (reply.Failure is { } failure)
            {
                Refused.Add(clock.Now);
                End(failure);
            }
            else if (Passed++ >= 0 && left > 1)
            {
                Call(left - 1);
            }
            else
            {
                End(DeliveryOutcome.Delivered);
            }
        });
    }

    private void End(DeliveryOutcome outcome)
    {
        if (RateLimiter.Report(new AttemptResult(outcome, "why"), new VersionCoordinates("acme", "images", "web", "1")))
            Pending++;
        RateLimiter.Ended(outcome);
    }

    private void After(TimeSpan delay, Action action) => events.Enqueue(action, (clock.Now + delay, order++));
}
