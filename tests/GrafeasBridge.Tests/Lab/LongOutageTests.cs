using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Delivery;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Lab;

/// <summary>A target that is away for an hour, in time that only this test moves.</summary>
public sealed class LongOutageTests
{
    private const int Versions = 20;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_target_that_is_down_for_an_hour_gets_everything_within_two_after_it_is_back()
    {
        using var logs = new TestLogs();
        await using var fake = await FakeBintray.StartAsync();
        fake.Have("acme", "images", "web");
        await using var host = await DeliveryHost.StartAsync(logs, [(DeliveryHost.Main, fake)]);
        fake.Script = static (_, context) =>
        {
            context.Abort();
            return Task.FromResult(true);
        };

        var back = host.Clock.GetUtcNow() + TimeSpan.FromHours(1);
        var sent = 0;
        while (host.Clock.GetUtcNow() < back)
        {
            if (sent < 3 * Versions)
                await host.SendAsync(Web(sent % Versions), $"number n={sent++}");
            await TurnAsync(host);
        }

        Assert.Empty(fake.Versions);
        Assert.Equal(3 * Versions, sent);
        fake.Script = null;
        while (!await AllVerifiedAsync(host) && host.Clock.GetUtcNow() < back + TimeSpan.FromHours(2))
            await TurnAsync(host);

        Assert.True(await AllVerifiedAsync(host));
        for (var i = 0; i < Versions; i++)
            Assert.Equal((2 * Versions) + i, fake.Versions[Web(i).ToString()]["n"]["values"]![0]!.GetValue<int>());
    }

    private static async Task TurnAsync(DeliveryHost host)
    {
        if (await host.RunOnceAsync() == 0)
            host.Clock.Advance(Step);
    }

    private static async Task<bool> AllVerifiedAsync(DeliveryHost host)
    {
        for (var i = 0; i < Versions; i++)
        {
            var row = await host.RowAsync(Web(i));
            Assert.NotEqual(DeliveryState.Parked, row.State);
            if (row.State != DeliveryState.Verified)
                return false;
        }

        return true;
    }

    private static VersionCoordinates Web(int version) => new("acme", "images", "web", $"1.{version}");
}
