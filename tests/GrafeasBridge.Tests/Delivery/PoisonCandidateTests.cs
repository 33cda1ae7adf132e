using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>Versions that were in flight when the process ended.</summary>
[OnBothStores]
public sealed class PoisonCandidateTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private readonly TestLogs logs = new();
    private FakeBintray fake = null!;
    private DeliveryHost host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        fake = await FakeBintray.StartAsync();
        fake.Have("acme", "images", "web");
        host = await DeliveryHost.StartAsync(logs, [(DeliveryHost.Main, fake)]);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await fake.DisposeAsync();
        logs.Dispose();
    }

    [Fact]
    public async Task What_was_in_hand_when_the_process_ended_is_tried_one_at_a_time_and_then_as_any_other()
    {
        await SendAsync("1", "2", "3");
        await EndProcessWithAsync(2);
        Assert.Equal(1, await host.RunOnceAsync());
        Assert.Equal(1, await host.RunOnceAsync());
        Assert.Equal(1, await host.RunOnceAsync());
        foreach (var version in new[] { "1", "2", "3" })
            Assert.Equal(DeliveryState.Verified, (await host.RowAsync(Web(version))).State);
    }

    [Fact]
    public async Task A_version_that_ended_the_process_twice_is_parked_with_what_to_do_and_the_others_are_delivered()
    {
        logs.Expect(e => e.Event.Name == "Reconciled" && e.Message.Contains("CrashLoop", StringComparison.Ordinal));
        await SendAsync("poison", "1");
        await EndProcessWithAsync(2);
        await host.Store.ClaimAsync(DeliveryHost.Main, new ClaimTerms(0, 0, Lease), Token);
        var alone = (await host.Store.ClaimPoisonCandidateAsync(DeliveryHost.Main, Lease, Token))!;
        host.Clock.Advance(Lease);

        while (await host.RunOnceAsync() > 0)
        {
            // Until nothing is due.
        }

        var parked = await host.RowAsync(alone.Coordinates);
        Assert.Equal((DeliveryState.Parked, "CrashLoop"), (parked.State, parked.LastOutcome));
        Assert.Contains("ended 2 times", parked.LastReason, StringComparison.Ordinal);
        Assert.Contains("redeliver", parked.LastReason, StringComparison.Ordinal);
        var other = alone.Coordinates == Web("1") ? Web("poison") : Web("1");
        Assert.Equal(DeliveryState.Verified, (await host.RowAsync(other)).State);

        await host.Store.RedeliverAsync(DeliveryHost.Main, alone.Coordinates, Token);
        Assert.Equal(1, await host.RunOnceAsync());
        Assert.Equal(DeliveryState.Verified, (await host.RowAsync(alone.Coordinates)).State);
    }

    private static VersionCoordinates Web(string version) => new("acme", "images", "web", version);

    private async Task SendAsync(params string[] versions)
    {
        foreach (var version in versions)
            await host.SendAsync(Web(version), "string a=1");
    }

    /// <summary>A process claims versions and is not heard of again.</summary>
    private async Task EndProcessWithAsync(int count)
    {
        Assert.Equal(count, (await host.Store.ClaimAsync(DeliveryHost.Main, count, Lease, Token)).Count);
        host.Clock.Advance(Lease);
    }
}
