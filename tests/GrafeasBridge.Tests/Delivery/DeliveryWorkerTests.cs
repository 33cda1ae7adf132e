using System.Globalization;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>Many versions and several targets, with everything going wrong.</summary>
[OnBothStores]
public sealed class DeliveryWorkerTests : IAsyncLifetime
{
    private readonly TestLogs logs = new();
    private readonly string main = "t-" + Guid.NewGuid().ToString("N")[..12];
    private FakeBintray fake = null!;
    private DeliveryHost host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        fake = await FakeBintray.StartAsync();
        fake.Have("acme", "images", "web");
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await fake.DisposeAsync();
        logs.Dispose();
    }

    [Fact]
    public async Task One_poisonous_version_does_not_stop_the_rest()
    {
        logs.Expect(e => e.Event.Name == "ReconcileFaulted");
        await StartAsync();
        await host.SendAsync(Web(0), "throw");
        for (var i = 1; i <= 20; i++)
            await host.SendAsync(Web(i), "string a=1");

        while (await host.RunOnceAsync() > 0)
        {
            // Until nothing is due.
        }

        var bad = await RowAsync(Web(0));
        Assert.Equal((DeliveryState.Waiting, "Failed"), (bad.State, bad.LastOutcome));
        Assert.Equal("The bridge failed on this version (InvalidOperationException); its log has the cause.", bad.LastReason);
        for (var i = 1; i <= 20; i++)
            Assert.Equal(DeliveryState.Verified, (await RowAsync(Web(i))).State);
    }

    [Fact]
    public async Task A_dead_version_does_not_delay_the_others()
    {
        using var heard = new Heard(main);
        await StartAsync("Delivery:Concurrency=2");
        var release = new TaskCompletionSource();
        fake.Script = async (call, context) =>
        {
            if (!call.RawTarget.Contains("/versions/0/", StringComparison.Ordinal))
                return false;
            await release.Task;
            return false;
        };
        for (var i = 0; i <= 30; i++)
            await host.SendAsync(Web(i), "string a=1");

        await host.Worker.StartAsync(Token);
        await heard.UntilAsync(() => heard.Tries("delivered") == 30);
        Assert.Equal(DeliveryState.Delivering, (await RowAsync(Web(0))).State);
        await host.SendAsync(Web(31), "string a=1"); // the loop is awake for newcomers, too
        await heard.UntilAsync(() => heard.Tries("delivered") == 31);

        release.SetResult();
        await heard.UntilAsync(() => heard.Tries("delivered") == 32);
        await host.Worker.StopAsync(Token);
    }

    [Fact]
    public async Task A_waiting_version_is_tried_again_by_itself_when_its_time_has_come()
    {
        using var heard = new Heard(main);
        await StartAsync("Delivery:PollInterval=00:01:00", "Delivery:FirstRetry=00:00:04");
        Always(context => FakeBintray.AnswerAsync(context, 502, ""));
        await host.SendAsync(Web(1), "string a=1");
        await host.Worker.StartAsync(Token);
        await heard.UntilAsync(() => heard.Tries("unreachable") == 1);
        var due = (await RowAsync(Web(1))).NextAttempt!.Value - host.Clock.GetUtcNow();

        fake.Script = null;
        await host.Clock.WaitsForAsync(d => d <= due && d > due - TimeSpan.FromMilliseconds(1)); // delays are whole milliseconds
        await host.Clock.PassAsync(d => d <= due, heard.UntilAsync(() => heard.Tries("delivered") == 1));
        await host.Worker.StopAsync(Token);
    }

    [Fact]
    public async Task A_target_that_refuses_the_key_is_paused_and_the_others_go_on()
    {
        await using var second = await FakeBintray.StartAsync();
        second.Have("acme", "images", "web");
        host = await DeliveryHost.StartAsync(logs, [(main, fake), ("other", second)], "Delivery:Concurrency=1");
        Always(context => FakeBintray.SayAsync(context, 401, "This resource requires authentication"));
        for (var i = 0; i < 3; i++)
            await host.SendAsync(Web(i), "string a=1");

        for (var i = 0; i < 4; i++)
            await host.RunOnceAsync();

        Assert.Single(fake.Calls);
        var status = host.Target(main).RateLimiter.Status();
        Assert.Equal("The target answered 401: This resource requires authentication", status.Reason);
        Assert.Equal(host.Clock.GetUtcNow() + TimeSpan.FromMinutes(1), status.PausedUntil);
        for (var i = 0; i < 3; i++)
            Assert.Equal((DeliveryState.Pending, 0), ((await RowAsync(Web(i))).State, (await RowAsync(Web(i))).Attempts));
        for (var i = 0; i < 3; i++)
            Assert.Equal(DeliveryState.Verified, (await host.RowAsync(Web(i), "other")).State);

        fake.Script = null;
        host.Clock.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(1, await host.RunOnceAsync());
        for (var i = 0; i < 3; i++)
            await host.RunOnceAsync();
        for (var i = 0; i < 3; i++)
            Assert.Equal(DeliveryState.Verified, (await RowAsync(Web(i))).State);
    }

    [Fact]
    public async Task After_a_pause_one_version_goes_first_however_many_slots_there_are()
    {
        await StartAsync();
        Always(context => FakeBintray.SayAsync(context, 403, "You have exceeded your API call limit"));
        for (var i = 0; i < 20; i++)
            await host.SendAsync(Web(i), "string a=1");

        Assert.Equal(8, await host.RunOnceAsync());
        Assert.Equal(0, await host.RunOnceAsync());
        Assert.Equal("The target answered 403: You have exceeded your API call limit", host.Target(main).RateLimiter.Status().Reason);
        Assert.Equal((DeliveryState.Pending, 0), ((await RowAsync(Web(0))).State, (await RowAsync(Web(0))).Attempts));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await host.RunOnceAsync());
        Assert.Equal(0, await host.RunOnceAsync());

        fake.Script = null;
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await host.RunOnceAsync());
        Assert.Equal(8, await host.RunOnceAsync());
    }

    [Fact]
    public async Task A_throttled_version_waits_as_long_as_the_server_asked()
    {
        await StartAsync();
        Always(context =>
        {
            context.Response.Headers.RetryAfter = "30";
            return FakeBintray.SayAsync(context, 429, "slow down");
        });
        await host.SendAsync(Web(1), "string a=1");
        await host.RunOnceAsync();
        fake.Script = null;

        host.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, await host.RunOnceAsync());
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await host.RunOnceAsync());
        Assert.Equal(DeliveryState.Verified, (await RowAsync(Web(1))).State);
    }

    [Fact]
    public async Task A_version_whose_package_is_missing_is_parked_with_what_to_do_without_delaying_the_others()
    {
        await StartAsync();
        var lost = new VersionCoordinates("acme", "images", "team/web", "1.0");
        await host.SendAsync(lost, "string a=1");
        await host.SendAsync(Web(1), "string a=1");

        await host.RunOnceAsync();

        var parked = await RowAsync(lost);
        Assert.Equal((DeliveryState.Parked, "Missing", null), (parked.State, parked.LastOutcome, parked.NextAttempt));
        Assert.Equal(
            $"Package 'acme/images/team:web' does not exist at target '{main}'. Create it, or set Targets:0:CreateMissing to Package, then redeliver.",
            parked.LastReason);
        Assert.Equal(DeliveryState.Verified, (await RowAsync(Web(1))).State);

        host.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, await host.RunOnceAsync());
        fake.Have("acme", "images", "team:web");
        await host.Store.RedeliverAsync(main, lost, Token);
        await host.RunOnceAsync();
        Assert.Equal(DeliveryState.Verified, (await RowAsync(lost)).State);
    }

    [Fact]
    public async Task A_target_that_is_gone_for_three_days_loses_nothing()
    {
        await StartAsync();
        Always(context => FakeBintray.AnswerAsync(context, 502, "<html/>", "text/html"));
        await host.SendAsync(Web(1), "string a=1");
        var begin = host.Clock.GetUtcNow();

        await host.RunOnceAsync();
        while ((await RowAsync(Web(1))) is { State: DeliveryState.Waiting } row)
        {
            Assert.True(host.Clock.GetUtcNow() - begin < TimeSpan.FromHours(74));
            host.Clock.SetUtcNow(row.NextAttempt!.Value);
            await host.RunOnceAsync();
        }

        var parked = await RowAsync(Web(1));
        Assert.Equal((DeliveryState.Parked, "Unreachable"), (parked.State, parked.LastOutcome));
        Assert.InRange(host.Clock.GetUtcNow() - begin, TimeSpan.FromHours(72), TimeSpan.FromHours(73));
        Assert.StartsWith("Failing since 2026-11-02 08:00:00Z", parked.LastReason, StringComparison.Ordinal);

        fake.Script = null;
        await host.Store.RedeliverAsync(main, Web(1), Token);
        await host.RunOnceAsync();
        Assert.Equal(DeliveryState.Verified, (await RowAsync(Web(1))).State);
    }

    [Fact]
    public async Task The_backlog_is_measured_by_the_worker_and_not_by_the_scrape()
    {
        using var heard = new Heard(main);
        await StartAsync();
        var missing = new VersionCoordinates("acme", "images", "none", "1");
        await host.SendAsync(missing, "string a=1");
        await host.RunOnceAsync();
        Always(context => FakeBintray.AnswerAsync(context, 502, ""));
        await host.SendAsync(Web(1), "string a=1");
        await host.SendAsync(Web(2), "string a=1");
        await host.RunOnceAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        await host.Worker.StartAsync(Token);
        await host.Clock.WaitsForAsync(d => d > TimeSpan.Zero && d <= TimeSpan.FromSeconds(1)); // one turn is over
        await host.Worker.StopAsync(Token);
        host.Faults.Fault = _ => new InvalidOperationException("a scrape must not come here");

        heard.Scrape();

        host.Faults.Fault = null;
        Assert.Equal(2, Last(heard, "backlog"));
        Assert.Equal(1, Last(heard, "parked"));
        Assert.Equal(2, Last(heard, "oldest"));
        Assert.Equal(1, heard.Tries("missing"));
        Assert.True(heard.All.Count(m => m.Instrument == "grafeasbridge.delivery.target.calls") >= 3);
        Assert.All(heard.All, m => Assert.Matches($"^target={main}(,(outcome|reason)=[a-z_]+)?$", m.Tags));
    }

    private static double Last(Heard heard, string name) => heard.All.Last(m => m.Instrument == $"grafeasbridge.delivery.{name}").Value;

    private static VersionCoordinates Web(int i) => new("acme", "images", "web", i.ToString(CultureInfo.InvariantCulture));

    private async Task StartAsync(params string[] settings) => host = await DeliveryHost.StartAsync(logs, [(main, fake)], settings);

    private Task<VersionRow> RowAsync(VersionCoordinates version) => host.RowAsync(version, main);

    private void Always(Func<HttpContext, Task> answer) => fake.Script = async (_, context) =>
    {
        await answer(context);
        return true;
    };
}
