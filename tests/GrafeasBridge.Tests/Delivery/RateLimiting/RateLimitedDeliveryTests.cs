using System.Globalization;
using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace GrafeasBridge.Tests.Delivery.RateLimiting;

/// <summary>The limiter at work: the real loop, the real store, and a server on a real socket.</summary>
public sealed class RateLimitedDeliveryTests : IAsyncLifetime
{
    private readonly TestLogs logs = new();
    private readonly string main = "t-" + Guid.NewGuid().ToString("N")[..12];
    private FakeBintray fake = null!;
    private DeliveryHost? started;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DeliveryHost Host => started ?? throw new InvalidOperationException("no host was started");

    private AdaptiveRateLimiter RateLimiter => Host.Target(main).RateLimiter;

    public async ValueTask InitializeAsync()
    {
        fake = await FakeBintray.StartAsync();
        fake.Have("acme", "images", "web");
    }

    public async ValueTask DisposeAsync()
    {
        if (started is not null)
            await started.DisposeAsync();
        await fake.DisposeAsync();
        logs.Dispose();
    }

    [Fact]
    public async Task After_an_outage_of_an_hour_all_versions_are_due_at_once()
    {
        await StartAsync();
        Always(context => FakeBintray.AnswerAsync(context, 502, "<html/>", "text/html"));
        await SendAsync(0, 30);
        var end = Host.Clock.GetUtcNow() + TimeSpan.FromHours(1);

        while (Host.Clock.GetUtcNow() < end)
        {
            await Host.RunOnceAsync();
            Host.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(fake.Calls.Count, 60, 60 * 8 + 40); // one probe a minute, soon with companions
        Assert.StartsWith("The target answered 502", RateLimiter.Status().Reason, StringComparison.Ordinal);
        fake.Script = null;
        Host.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var turn = 0; turn < 8; turn++)
            await Host.RunOnceAsync();

        Assert.Equal(30, await VerifiedAsync(30));
    }

    [Fact]
    public async Task The_next_version_is_admitted_as_soon_as_the_limit_allows_it_and_the_loop_wakes_for_it()
    {
        using var heard = new Heard(main);
        await StartAsync("Targets:0:CallLimit=300", "Targets:0:CallLimitWindow=01:00:00", "Delivery:PollInterval=00:01:00");
        await SendAsync(0, 3);
        await Host.Worker.StartAsync(Token);

        // The first version may go at once. It took four calls (it had to be created), and 270 of 300 in an hour are used.
        await heard.UntilAsync(() => heard.Tries("delivered") == 1);
        static bool Allowed(TimeSpan wait) => wait > TimeSpan.FromSeconds(50) && wait < TimeSpan.FromSeconds(59);
        await Host.Clock.WaitsForAsync(Allowed);
        Assert.Equal(4, fake.Calls.Count);
        var claimed = new TaskCompletionSource();
        Host.Faults.Fault = verb =>
        {
            if (verb == nameof(IBridgeStore.ClaimAsync))
                claimed.TrySetResult();
            return null;
        };
        await Host.Clock.PassAsync(Allowed, claimed.Task.WaitAsync(Patience.Long, Token));

        await heard.UntilAsync(() => heard.Tries("delivered") == 2);
        await Host.Worker.StopAsync(Token);
        heard.Scrape();
        Assert.Equal(270.0 / 3600, Last(heard, "rate_limit"), 6);
        Assert.Equal(8, Last(heard, "concurrency"));
        Assert.InRange(Last(heard, "time_to_drain"), 60, 300);
    }

    [Fact]
    public async Task Headers_that_count_down_close_the_target_before_it_refuses()
    {
        await StartAsync("Delivery:Concurrency=1");
        var left = 40;
        fake.Script = (_, context) =>
        {
            context.Response.Headers["X-RateLimit-Limit"] = "40";
            context.Response.Headers["X-RateLimit-Remaining"] = (--left).ToString(CultureInfo.InvariantCulture);
            return Task.FromResult(false);
        };
        await SendAsync(0, 30);

        while (await Host.RunOnceAsync() > 0)
            Assert.True(left >= 0);

        var status = RateLimiter.Status();
        Assert.Equal((false, "The target says that 2 of 40 calls are left."), (status.Open, status.Reason));
        left = 40;
        Host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await Host.RunOnceAsync());
        Assert.Equal(new CallLimit(40, TimeSpan.FromMinutes(1), LimitSource.Headers), RateLimiter.Status().Limit);
    }

    [Fact]
    public async Task Nobody_calls_a_target_that_asked_for_quiet()
    {
        var clock = new TestClock();
        using var quiet = new TargetHarness(fake.Url, clock, logs);
        Always(context =>
        {
            context.Response.Headers.RetryAfter = "30";
            return FakeBintray.SayAsync(context, 429, "slow down");
        });
        await quiet.ReadFailsAsync();
        fake.Script = null;
        fake.Have("acme", "images", "team:web", "1.4.0");

        clock.Advance(TimeSpan.FromSeconds(10));
        var refused = await quiet.ReadFailsAsync();
        Assert.Equal("The target asked not to be called for 20 s.", refused.Message);
        Assert.Equal(TimeSpan.FromSeconds(20), refused.RetryAfter);
        Assert.Single(fake.Calls);

        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(await quiet.Target.ReadAsync(TargetHarness.Version, Token));
    }

    [Theory]
    [InlineData(7, 8)]
    [InlineData(4, 4)]
    public async Task Dead_versions_delay_the_others_until_their_calls_time_out_at_most(int dead, int slots)
    {
        const int Living = 200;
        using var heard = new Heard(main);
        await StartAsync($"Delivery:Concurrency={slots}", "Targets:0:CallTimeout=00:00:30", "Delivery:FirstRetry=01:00:00");
        var release = new TaskCompletionSource();
        fake.Script = async (call, _) =>
        {
            if (Number(call) >= Living)
                await release.Task;
            return false;
        };
        await Task.WhenAll(Enumerable.Range(0, Living).Select(i => Host.SendAsync(Web(i), "string a=1")));
        await SendAsync(Living, dead);

        // The dead ones are the newest, and go first. While they leave a slot, no time passes at all until every living version has
        // arrived; where they hold all slots, the others wait for the time-out.
        await Host.Worker.StartAsync(Token);
        await fake.UntilAsync(calls => calls.Count(c => Number(c) >= Living) == dead);
        if (dead == slots)
        {
            Assert.Equal(dead, fake.Calls.Count);
            Host.Clock.Advance(TimeSpan.FromSeconds(30));
        }

        // Four calls and two numbers for each; looked at closely only when there may be enough.
        await heard.UntilAsync(() => heard.Count >= 6 * Living && heard.Tries("delivered") == Living);
        release.SetResult();
        await Host.Worker.StopAsync(Token);
    }

    [Fact]
    public async Task What_was_learned_is_kept_and_found_after_a_restart()
    {
        using var heard = new Heard(main);
        await StartAsync();
        await Host.Store.KeepLearnedAsync(
            main, """{"form":2,"calls":300,"window":3600,"source":"Refusals","callsPerVersion":3}""", Token);
        await SendAsync(0, 1);

        await Host.Worker.StartAsync(Token);
        await heard.UntilAsync(() => heard.Tries("delivered") == 1);
        Assert.Equal(new CallLimit(300, TimeSpan.FromHours(1), LimitSource.Refusals), RateLimiter.Status().Limit);
        await Host.Worker.StopAsync(Token);

        // One version that took four calls instead of three.
        Assert.Contains("\"callsPerVersion\":3.1", await Host.Store.FindLearnedAsync(main, Token), StringComparison.Ordinal);
    }

    private static double Last(Heard heard, string name) => heard.All.Last(m => m.Instrument == $"grafeasbridge.delivery.{name}").Value;

    private static VersionCoordinates Web(int i) => new("acme", "images", "web", i.ToString(CultureInfo.InvariantCulture));

    /// <summary>The version that a call is about; -1 for one that creates.</summary>
    private static int Number(FakeCall call) =>
        call.RawTarget.Split('/') is { Length: > 6 } path ? int.Parse(path[6], CultureInfo.InvariantCulture) : -1;

    private async Task StartAsync(params string[] settings) => started = await DeliveryHost.StartAsync(logs, [(main, fake)], settings);

    private async Task SendAsync(int first, int count)
    {
        for (var i = first; i < first + count; i++)
            await Host.SendAsync(Web(i), "string a=1");
    }

    private async Task<int> VerifiedAsync(int count)
    {
        var verified = 0;
        for (var i = 0; i < count; i++)
            verified += (await Host.RowAsync(Web(i), main)).State == DeliveryState.Verified ? 1 : 0;
        return verified;
    }

    private void Always(Func<HttpContext, Task> answer) => fake.Script = async (_, context) =>
    {
        await answer(context);
        return true;
    };
}
