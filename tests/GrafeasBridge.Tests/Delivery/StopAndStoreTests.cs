using System.Globalization;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>Stops in the middle of the work, and a store that fails under it.</summary>
[OnBothStores]
public sealed class StopAndStoreTests : IAsyncLifetime
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
    public async Task A_graceful_stop_waits_for_what_is_in_hand()
    {
        using var heard = new Heard(main);
        await StartAsync();
        var release = new TaskCompletionSource();
        fake.Script = async (_, _) =>
        {
            await release.Task;
            return false;
        };
        await host.SendAsync(Web(1), "string a=1");
        await host.Worker.StartAsync(Token);
        await fake.UntilAsync(calls => calls.Count == 1);

        var stop = host.Worker.StopAsync(Token);
        Assert.False(stop.IsCompleted);
        release.SetResult();
        await stop;

        Assert.Equal(1, heard.Tries("delivered"));
        Assert.Equal(DeliveryState.Verified, (await RowAsync(Web(1))).State);
    }

    [Fact]
    public async Task A_stop_that_cannot_wait_gives_versions_back_untried()
    {
        await StartAsync("Delivery:StopTimeout=00:00:07");
        Always(async context =>
        {
            var gone = new TaskCompletionSource();
            await using (context.RequestAborted.Register(gone.SetResult))
                await gone.Task;
        });
        await host.SendAsync(Web(1), "string a=1");
        await host.Worker.StartAsync(Token);
        await fake.UntilAsync(calls => calls.Count == 1);

        var stop = host.Worker.StopAsync(Token);
        await host.Clock.WaitsForAsync(TimeSpan.FromSeconds(7));
        host.Clock.Advance(TimeSpan.FromSeconds(7));
        await stop;

        var row = await RowAsync(Web(1));
        Assert.Equal((DeliveryState.Pending, 0), (row.State, row.Attempts));
        Assert.Contains(logs.Entries, e => e.Event.Name == "Released");
    }

    [Fact]
    public async Task A_store_that_fails_for_a_while_stops_nothing_and_floods_no_log()
    {
        using var heard = new Heard(main);
        await StartAsync();
        var faults = 0;
        host.Faults.Fault = verb => verb == nameof(IBridgeStore.ClaimAsync) && ++faults <= 3
            ? new StoreException(StoreFailure.Unavailable, "disk full")
            : null;
        await host.SendAsync(Web(1), "string a=1");

        await host.Worker.StartAsync(Token);
        foreach (var seconds in new[] { 2, 4, 8 })
        {
            await host.Clock.WaitsForAsync(TimeSpan.FromSeconds(seconds));
            host.Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        await heard.UntilAsync(() => heard.Tries("delivered") == 1);
        await host.Worker.StopAsync(Token);
        Assert.Equal(3, logs.Entries.Count(e => e.Level == LogLevel.Warning && e.Event.Name == "StoreFailed"));
        Assert.Single(logs.Entries, e => e.Event.Name == "StoreBack");
    }

    [Theory]
    [InlineData(nameof(IBridgeStore.ReadOccurrencesOfAsync))]
    [InlineData(nameof(IBridgeStore.RecordIntentAsync))]
    [InlineData(nameof(IBridgeStore.SettleAsync))]
    public async Task A_version_on_which_the_store_failed_is_given_back_and_delivered(string failing)
    {
        await StartAsync();
        await host.SendAsync(Web(1), "string a=1");
        host.Faults.Fault = verb => verb == failing ? new StoreException(StoreFailure.Unavailable, "disk full") : null;
        await host.RunOnceAsync();
        var row = await RowAsync(Web(1));
        Assert.Equal((DeliveryState.Pending, 0), (row.State, row.Attempts));

        host.Faults.Fault = null;
        await host.RunOnceAsync();
        Assert.Equal(DeliveryState.Verified, (await RowAsync(Web(1))).State);
    }

    private static VersionCoordinates Web(int i) => new("acme", "images", "web", i.ToString(CultureInfo.InvariantCulture));

    private async Task StartAsync(params string[] settings) => host = await DeliveryHost.StartAsync(logs, [(main, fake)], settings);

    private Task<VersionRow> RowAsync(VersionCoordinates version) => host.RowAsync(version, main);

    private void Always(Func<HttpContext, Task> answer) => fake.Script = async (_, context) =>
    {
        await answer(context);
        return true;
    };
}
