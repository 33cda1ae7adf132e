using System.Globalization;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Governor;

namespace GrafeasBridge.Tests.Delivery.Governor;

/// <summary>Targets that do not refuse, but get slow; and background work, which takes what is left.</summary>
public sealed class SlotTests
{
    private static readonly TargetReply Fine = new(null, "", 200, default, null);

    /// <summary>A server that works on one call at a time is as fast with two as with eight.</summary>
    [Fact]
    public void A_target_that_gets_slower_with_load_is_loaded_less()
    {
        var run = new Simulation(_ => Fine, underWay => TimeSpan.FromMilliseconds(40 * underWay)) { Pending = 5000 };
        var seen = Sampled(run);

        run.Run();

        Say($"most of the time {seen[seen.Count / 2]}, took {run.Now}");
        Assert.InRange(seen[seen.Count / 2], 1, 3);
        // Alone it does 25 calls in a second, and no more however many are sent.
        Assert.InRange(run.Now.TotalSeconds, 600, 600 * 1.15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_target_whose_answers_are_merely_noisy_keeps_its_slots(int seed)
    {
        var random = new Random(seed);
        TimeSpan Noisy(int underWay)
        {
            // Lognormal around 60 ms, and one call in fifty takes a second.
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return TimeSpan.FromMilliseconds(random.Next(50) == 0 ? 1000 : 60 * Math.Exp(0.6 * normal));
        }

        var run = new Simulation(_ => Fine, Noisy) { Pending = 20_000 };
        var seen = Sampled(run);

        run.Run();

        Say($"least {seen.Min()}, on the average {seen.Average():F2}");
        Assert.InRange(seen.Average(), 7, 8);
        Assert.InRange(seen.Min(), 4, 8);
    }

    [Fact]
    public void A_target_that_recovers_gets_its_slots_back()
    {
        var slow = true;
        var run = new Simulation(_ => Fine, underWay => TimeSpan.FromMilliseconds(slow ? 40 * underWay : 40)) { Pending = 1_000_000 };
        run.Run(until: TimeSpan.FromMinutes(5));
        var before = run.Governor.Status().Concurrency;

        slow = false;
        run.Run(until: TimeSpan.FromMinutes(6));

        Assert.InRange(before, 1, 3);
        Assert.Equal(8, run.Governor.Status().Concurrency);
    }

    [Fact]
    public void A_target_that_says_it_is_overloaded_gets_less_at_once()
    {
        var underWayNow = 0;
        var run = new Simulation(
            _ => underWayNow > 4 ? new TargetReply(DeliveryOutcome.Unreachable, "busy", 503, default, null) : Fine,
            underWay =>
            {
                underWayNow = underWay;
                return TimeSpan.FromMilliseconds(50);
            })
        {
            Pending = 5000,
        };
        var seen = Sampled(run);

        run.Run(until: TimeSpan.FromMinutes(3));

        Assert.InRange(seen[seen.Count / 2], 3, 6);
    }

    [Fact]
    public void Background_work_takes_a_tenth_of_a_known_limit_at_most()
    {
        var clock = new SimulatedClock();
        var governor = Governor(clock, o => (o.CallLimit, o.CallLimitWindow) = (1000, TimeSpan.FromSeconds(100)));
        var taken = 0;
        for (; clock.Now < TimeSpan.FromSeconds(1000); clock.Now += TimeSpan.FromMilliseconds(100))
            taken += Takes(governor) ? 1 : 0;

        Assert.InRange(taken, 800, 910); // a tenth of 9 a second
    }

    [Fact]
    public void Background_work_gets_nothing_while_versions_wait_for_the_limit()
    {
        var run = new Simulation(new HiddenLimit(300, TimeSpan.FromMinutes(1))) { Pending = 1_000_000 };
        var taken = 0;
        run.EachSecond = () => taken += run.Governor.TryTakeForBackground(1) ? 1 : 0;

        run.Run(until: TimeSpan.FromMinutes(10));

        Assert.InRange(taken, 0, 1);
    }

    [Fact]
    public void Background_work_waits_while_the_target_is_paused_and_needs_no_leave_without_a_limit()
    {
        var clock = new SimulatedClock();
        var governor = Governor(clock);
        Assert.True(governor.TryTakeForBackground(1));

        governor.Gate.Throttle(null, quiet: false, "used up");
        Assert.False(governor.TryTakeForBackground(1));

        clock.Now += TimeSpan.FromMinutes(1);
        Assert.False(governor.TryTakeForBackground(1)); // a version goes first
        governor.Sampled(0);
        Assert.True(governor.TryTakeForBackground(1)); // where none waits, nobody else would find out
        governor.Sampled(1);
        Assert.False(governor.TryTakeForBackground(1));
    }

    private static bool Takes(TargetGovernor governor)
    {
        if (!governor.TryTakeForBackground(1))
            return false;
        governor.Answered(governor.Send(), Fine);
        return true;
    }

    private static TargetGovernor Governor(TimeProvider clock, Action<TargetOptions>? change = null)
    {
        var options = new TargetOptions { Name = "main" };
        change?.Invoke(options);
        return new TargetGovernor(options, new DeliveryOptions(), clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
    }

    private static List<int> Sampled(Simulation run)
    {
        var seen = new List<int>();
        run.EachSecond = () => seen.Add(run.Governor.Status().Concurrency);
        return seen;
    }

    private static void Say(FormattableString text) =>
        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
