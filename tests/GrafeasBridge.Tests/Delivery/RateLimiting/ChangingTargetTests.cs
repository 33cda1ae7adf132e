using System.Globalization;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery.RateLimiting;

/// <summary>Limits that change, that are told, or that are not there; and what is told of them.</summary>
public sealed class ChangingTargetTests
{
    private const long Plenty = 1_000_000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void A_limit_that_is_halved_is_learned_again(bool sliding, bool names)
    {
        var limit = new HiddenLimit(600, Minute, sliding) { NamesTime = names };
        var run = new Simulation(limit) { Pending = Plenty };
        run.Run(until: 20.5 * Minute);
        var before = run.Refused.Count;

        limit.Calls = 300;
        run.Run(until: 30 * Minute);
        var during = run.Refused.Count - before;
        var passed = run.Passed;
        run.Run(until: 80 * Minute);

        var used = (run.Passed - passed) / (50.0 * 300);
        Say($"refused {during} while it was learned, {run.Refused.Count - before - during} later; used {used:P1}");
        Assert.InRange(used, 0.8, 1);
        Assert.InRange(during, 1, 40);
        Assert.InRange(run.Refused.Count - before - during, 0, 10);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_limit_that_is_raised_is_found_within_bounded_time(bool sliding)
    {
        var limit = new HiddenLimit(300, Minute, sliding);
        var run = new Simulation(limit) { Pending = Plenty };
        run.Run(until: 20 * Minute);

        limit.Calls = 900;
        run.Run(until: 120 * Minute);
        var passed = run.Passed;
        run.Run(until: 150 * Minute);

        Assert.InRange((run.Passed - passed) / (30.0 * 900), 0.8, 1);
    }

    [Fact]
    public void A_target_without_a_limit_is_never_held_back()
    {
        var run = new Simulation(_ => new TargetReply(null, "", 200, default, null)) { Pending = 20_000 };

        run.Run();

        Assert.Equal(0, run.Pending);
        Assert.Null(run.RateLimiter.Status().Limit);
        // 20,000 versions of 3 calls of 50 ms in 8 slots.
        Assert.Equal(375, run.Now.TotalSeconds, 1.0);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 7)]
    [InlineData(3, 1)]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(3, null)]
    public void Refusals_by_chance_cost_their_pauses_and_are_taken_for_no_limit(int seed, int? seconds)
    {
        var dice = new Random(seed);
        TimeSpan? asked = seconds is { } s ? TimeSpan.FromSeconds(s) : null;
        var refused = 0;
        var run = new Simulation(_ =>
        {
            if (dice.Next(15) > 0)
                return new TargetReply(null, "", 200, default, null);
            refused++;
            return new TargetReply(DeliveryOutcome.Throttled, "slow down", 429, default, asked);
        })
        { Pending = 2000 };

        var done = TimeSpan.Zero;
        run.EachSecond = () => done = run.Pending > 0 ? run.Now : done;
        run.Run(until: TimeSpan.FromDays(3));

        var pauses = refused * (asked ?? new DeliveryOptions().ThrottlePause).TotalSeconds;
        Say($"{done} for {refused} refusals, {pauses} s of pauses; limit {run.RateLimiter.Status().Limit}");
        Assert.Equal(0, run.Pending);
        Assert.InRange(done.TotalSeconds, 0, 3 * (pauses + 40));
    }

    [Fact]
    public void A_limit_that_is_told_is_kept_without_ever_being_refused()
    {
        var limit = new HiddenLimit(1440, TimeSpan.FromHours(1)) { HasHeaders = true };
        var run = new Simulation(limit) { Pending = Plenty };

        run.Run(until: TimeSpan.FromHours(2));
        var passed = run.Passed;
        run.Run(until: TimeSpan.FromHours(12));

        Say($"{run.RateLimiter.Status().Limit}, used {(run.Passed - passed) / 14_400.0:P1}");
        Assert.Empty(run.Refused);
        Assert.Equal(LimitSource.Headers, run.RateLimiter.Status().Limit!.Source);
        Assert.InRange(run.Passed - passed, 14_400 * 0.8, 14_400);
    }

    [Fact]
    public void Headers_that_always_say_zero_are_not_believed()
    {
        var run = new Simulation(_ => new TargetReply(null, "", 200, default, null) { Rate = new RateHeaders(1440, 0, null) })
        {
            Pending = 1000,
        };

        run.Run();

        Assert.InRange(run.Now.TotalSeconds, 15, 30);
    }

    [Fact]
    public void What_the_operator_says_is_kept_from_the_first_call()
    {
        var limit = new HiddenLimit(300, Minute);
        var run = new Simulation(limit.Answer, change: o => (o.CallLimit, o.CallLimitWindow) = (300, Minute)) { Pending = Plenty };

        run.Run(until: 60 * Minute);

        Assert.Empty(run.Refused);
        Assert.InRange(run.Passed, 60 * 300 * 0.85, 60 * 300);
    }

    [Fact]
    public void The_time_to_drain_of_a_hundred_thousand_versions_is_right_within_a_fifth()
    {
        var run = new Simulation(new HiddenLimit(3000, Minute)) { Pending = 100_000 };
        var told = new List<(TimeSpan At, TimeSpan Left)>();
        run.EachSecond = () =>
        {
            if (run.RateLimiter.Status().TimeToDrain is { } left && run.RateLimiter.Status().Limit is not null)
                told.Add((run.Now, left));
        };

        run.Run();

        Assert.Equal(0, run.Pending);
        // At a tenth of the way, a half, and nine tenths; and the first that it told at all.
        foreach (var at in new[] { told[0].At, run.Now / 10, run.Now / 2, run.Now * 0.9 })
        {
            (var when, var left) = told.First(t => t.At >= at);
            var ratio = left / (run.Now - when);
            Say($"at {when} it said {left}; it was {run.Now - when}");
            Assert.InRange(ratio, 0.8, 1.2);
        }

        Say($"refused {run.Refused.Count} of {run.Passed}");
        Assert.InRange(run.Refused.Count, 1, 40);
    }

    [Fact]
    public void Without_a_limit_the_time_to_drain_follows_the_pace()
    {
        var run = new Simulation(_ => new TargetReply(null, "", 200, default, null)) { Pending = 20_000 };
        Assert.Null(run.RateLimiter.Status().TimeToDrain);
        TimeSpan? told = null;
        run.EachSecond = () => told ??= run.Now > TimeSpan.FromSeconds(60) ? run.RateLimiter.Status().TimeToDrain : null;

        run.Run();

        Assert.InRange(told!.Value / (run.Now - TimeSpan.FromSeconds(61)), 0.8, 1.2);
    }

    [Fact]
    public void What_was_learned_survives_a_restart()
    {
        var limit = new HiddenLimit(300, Minute);
        var first = new Simulation(limit) { Pending = Plenty };
        first.Run(until: 10 * Minute);

        var again = new Simulation(new HiddenLimit(300, Minute)) { Pending = Plenty };
        again.RateLimiter.Restore(first.RateLimiter.Save());
        again.Run(until: 2 * Minute);

        Assert.Empty(again.Refused);
        Assert.Equal(first.RateLimiter.Status().Limit!.Window, again.RateLimiter.Status().Limit!.Window);
        Assert.InRange(again.Passed, 2 * 300 * 0.8, 2 * 300);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"form":1,"callsPerVersion":3}""")]
    [InlineData("""{"form":2,"calls":300,"window":-1,"source":"Refusals","callsPerVersion":3}""")]
    [InlineData("""{"form":2,"calls":300,"window":60,"source":"Gossip","callsPerVersion":3}""")]
    [InlineData("""{"form":2,"calls":300,"callsPerVersion":3}""")]
    [InlineData("""{"form":2,"callsPerVersion":1e9}""")]
    public void Nonsense_from_an_earlier_run_is_learned_again(string saved)
    {
        using var logs = new GrafeasBridge.Tests.Support.TestLogs();
        var limiter = new AdaptiveRateLimiter(
            new TargetOptions { Name = "main" }, new DeliveryOptions(), new TestClock(), logs.CreateLogger("limiter"));

        limiter.Restore(saved);

        Assert.Null(limiter.Status().Limit);
        Assert.Contains(logs.Entries, e => e.Event.Name == "SavedRateLimitUnreadable");
    }

    private static void Say(FormattableString text) =>
        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
