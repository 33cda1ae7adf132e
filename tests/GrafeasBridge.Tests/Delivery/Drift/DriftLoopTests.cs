using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Delivery.Drift;

/// <summary>The loop of drift checks: its rate, what it does when the target or the store fails, how it ends.</summary>
[OnBothStores]
public sealed class DriftLoopTests : DriftFixture
{
    [Fact]
    public async Task Checks_are_spread_evenly_over_the_minute()
    {
        using var heard = new Heard(Target);
        await StartAsync("Drift:CallsPerMinute=5");
        for (var i = 1; i <= 4; i++)
            await DeliverAsync("string a=1", $"{i}");
        Host.Clock.Advance(FirstCheck);
        var calls = Fake.Calls.Count;

        await Host.Drift.StartAsync(Token);
        for (var i = 1; i <= 4; i++)
        {
            await heard.UntilAsync(() => Looks(heard, "same") == i);
            await Host.Clock.WaitsForAsync(wait => wait == TimeSpan.FromSeconds(12), times: i);
            Host.Clock.Advance(TimeSpan.FromSeconds(11.9));
            Assert.Equal(calls + i, Fake.Calls.Count);
            Host.Clock.Advance(TimeSpan.FromSeconds(0.1));
        }

        await Host.Drift.StopAsync(Token);
    }

    [Fact]
    public async Task No_calls_a_minute_means_that_nothing_is_checked()
    {
        await StartAsync("Drift:CallsPerMinute=0");
        await DeliverAsync("string a=1");
        Host.Clock.Advance(FirstCheck);
        var calls = Fake.Calls.Count;

        await Host.Drift.StartAsync(Token);
        await Host.Drift.ExecuteTask!;

        Assert.Equal(calls, Fake.Calls.Count);
    }

    [Theory]
    [InlineData(502, "<html>")]
    [InlineData(200, "<html>no list of attributes</html>")]
    [InlineData(429, "")]
    [InlineData(401, "")]
    [InlineData(404, "<html>from something in front of it</html>")]
    public async Task An_answer_that_is_none_counts_as_nothing_and_the_check_stays_due(int status, string body)
    {
        using var heard = new Heard(Target);
        await StartAsync();
        await DeliverAsync("string a=1");
        var before = await RowAsync();
        Answer(context => FakeBintray.AnswerAsync(context, status, body));

        Assert.Equal(1, await LookAfterAsync(FirstCheck));
        Assert.Equal(before, await RowAsync());
        Assert.Equal(1, Looks(heard, "unanswered"));

        Fake.Script = null;
        Put("a", """["2"]""");
        Assert.Equal(1, await LookAfterAsync(TimeSpan.FromHours(1)));
        Assert.Equal(DeliveryState.Drifted, (await RowAsync()).State);
    }

    [Fact]
    public async Task A_target_that_asks_for_quiet_is_not_checked_until_its_time_has_come()
    {
        await StartAsync();
        await DeliverAsync("string a=1", "1");
        await DeliverAsync("string a=1", "2");
        Answer(context =>
        {
            context.Response.Headers.RetryAfter = "600";
            return FakeBintray.SayAsync(context, 429, "slow down");
        });

        Assert.Equal(1, await LookAfterAsync(FirstCheck));
        Assert.NotNull(Host.Target(Target).RateLimiter.Gate.Pause);
        Fake.Script = null;
        Assert.Equal(0, await LookAfterAsync(TimeSpan.FromSeconds(599)));
        Assert.Equal(2, await LookAfterAsync(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_version_that_cannot_be_checked_does_not_keep_the_others_from_it()
    {
        using var heard = new Heard(Target);
        await StartAsync();
        for (var i = 1; i <= 4; i++)
            await DeliverAsync("string a=1", $"{i}");
        Fake.Script = async (call, context) =>
        {
            if (!call.RawTarget.Contains("/versions/1/", StringComparison.Ordinal))
                return false;
            await FakeBintray.AnswerAsync(context, 200, "<html>");
            return true;
        };

        Assert.Equal(4, await LookAfterAsync(FirstCheck));

        Assert.Equal((3, 1), (Looks(heard, "same"), Looks(heard, "unanswered")));
        Fake.Script = null;
        Assert.Equal(1, await LookAfterAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task A_version_on_which_the_bridge_fails_is_left_as_it_is()
    {
        using var heard = new Heard(Target);
        Logs.Expect(e => e.Event.Name == "DriftCheckFaulted");
        await StartAsync();
        await DeliverAsync("string a=1");
        Put("a", """["2"]""");
        Host.Faults.Fault = verb => verb == nameof(IBridgeStore.ReadOccurrencesOfAsync) ? new InvalidOperationException("poison") : null;

        Assert.Equal(1, await LookAfterAsync(FirstCheck));

        Assert.Equal((DeliveryState.Verified, 1), ((await RowAsync()).State, Looks(heard, "failed")));
    }

    [Fact]
    public async Task A_store_that_fails_for_a_while_stops_no_checks_and_floods_no_log()
    {
        using var heard = new Heard(Target);
        await StartAsync();
        await DeliverAsync("string a=1");
        Host.Clock.Advance(FirstCheck);
        var faults = 0;
        Host.Faults.Fault = verb => verb == nameof(IBridgeStore.ListToCheckAsync) && ++faults <= 3
            ? new StoreException(StoreFailure.Unavailable, "disk full")
            : null;

        await Host.Drift.StartAsync(Token);
        foreach (var seconds in new[] { 2, 4, 8 })
        {
            await Host.Clock.WaitsForAsync(TimeSpan.FromSeconds(seconds));
            Host.Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        await heard.UntilAsync(() => Looks(heard, "same") == 1);
        await Host.Drift.StopAsync(Token);
        Assert.Equal(3, Logs.Entries.Count(e => e is { Level: LogLevel.Warning, Event.Name: "StoreFailed" }));
    }

    [Fact]
    public async Task A_stop_ends_a_check_and_leaves_it_due()
    {
        await StartAsync();
        await DeliverAsync("string a=1");
        Host.Clock.Advance(FirstCheck);
        var calls = Fake.Calls.Count;
        Answer(async context =>
        {
            var gone = new TaskCompletionSource();
            await using (context.RequestAborted.Register(gone.SetResult))
                await gone.Task;
        });
        await Host.Drift.StartAsync(Token);
        await Fake.UntilAsync(all => all.Count == calls + 1);

        await Host.Drift.StopAsync(Token);

        Fake.Script = null;
        Assert.Equal(1, await LookAfterAsync(TimeSpan.Zero));
        Assert.Equal(DeliveryState.Verified, (await RowAsync()).State);
    }
}
