using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.RateLimiting;

namespace GrafeasBridge.Tests.Delivery.RateLimiting;

/// <summary>Calls that nobody waits for take what versions leave.</summary>
public sealed class BackgroundCallsTests
{
    private static readonly TargetReply Fine = new(null, "", 200, default, null);

    [Fact]
    public void Background_work_takes_a_tenth_of_a_known_limit_at_most()
    {
        var clock = new SimulatedClock();
        var limiter = RateLimiter(clock, o => (o.CallLimit, o.CallLimitWindow) = (1000, TimeSpan.FromSeconds(100)));
        var taken = 0;
        for (; clock.Now < TimeSpan.FromSeconds(1000); clock.Now += TimeSpan.FromMilliseconds(100))
            taken += Takes(limiter) ? 1 : 0;

        Assert.InRange(taken, 800, 910); // a tenth of 9 a second
    }

    [Fact]
    public void Background_work_gets_nothing_while_versions_wait_for_the_limit()
    {
        var run = new Simulation(new HiddenLimit(300, TimeSpan.FromMinutes(1))) { Pending = 1_000_000 };
        var taken = 0;
        run.EachSecond = () => taken += run.RateLimiter.TryTakeForBackground(1) ? 1 : 0;

        run.Run(until: TimeSpan.FromMinutes(10));

        Assert.InRange(taken, 0, 1);
    }

    [Fact]
    public void Background_work_waits_while_the_target_is_paused_and_needs_no_leave_without_a_limit()
    {
        var clock = new SimulatedClock();
        var limiter = RateLimiter(clock);
        Assert.True(limiter.TryTakeForBackground(1));

        limiter.Gate.Throttle(null, quiet: false, "used up");
        Assert.False(limiter.TryTakeForBackground(1));

        clock.Now += TimeSpan.FromMinutes(1);
        Assert.False(limiter.TryTakeForBackground(1)); // a version goes first
        limiter.Sampled(0);
        Assert.True(limiter.TryTakeForBackground(1)); // where none waits, nobody else would find out
        limiter.Sampled(1);
        Assert.False(limiter.TryTakeForBackground(1));
    }

    private static bool Takes(AdaptiveRateLimiter limiter)
    {
        if (!limiter.TryTakeForBackground(1))
            return false;
        limiter.Answered(limiter.Send(), Fine);
        return true;
    }

    private static AdaptiveRateLimiter RateLimiter(TimeProvider clock, Action<TargetOptions>? change = null)
    {
        var options = new TargetOptions { Name = "main" };
        change?.Invoke(options);
        return new AdaptiveRateLimiter(options, new DeliveryOptions(), clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
    }
}
