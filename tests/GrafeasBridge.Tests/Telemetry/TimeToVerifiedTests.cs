using GrafeasBridge.Mapping;
using GrafeasBridge.Tests.Delivery;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Telemetry;

/// <summary>The time that a sender waits: it begins with the first change and hides no failure.</summary>
public sealed class TimeToVerifiedTests
{
    private static readonly VersionCoordinates Web = new("acme", "images", "web", "1");

    [Fact]
    public async Task It_begins_with_the_first_change_that_is_not_verified_and_counts_failures()
    {
        var target = "t-" + Guid.NewGuid().ToString("N")[..12];
        using var logs = new TestLogs();
        await using var fake = await FakeBintray.StartAsync();
        fake.Have("acme", "images", "web", "1");
        await using var host = await DeliveryHost.StartAsync(logs, [(target, fake)]);
        using var heard = new Heard(target);

        fake.Script = async (_, context) =>
        {
            await FakeBintray.SayAsync(context, 503, "later");
            return true;
        };
        await host.SendAsync(Web, "string a=1");
        await host.RunOnceAsync();
        Assert.Equal(1, heard.Tries("unreachable"));
        Assert.Empty(Times(heard));

        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await host.SendAsync(Web, "string b=2");
        fake.Script = null;
        await host.RunOnceAsync();
        Assert.Equal(1, heard.Tries("delivered"));
        Assert.Equal(600, Assert.Single(Times(heard)), 0.01);

        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.SendAsync(Web, "string a=3");
        host.Clock.Advance(TimeSpan.FromSeconds(2));
        await host.RunOnceAsync();
        Assert.Equal(2, Times(heard)[1], 0.01);
    }

    private static double[] Times(Heard heard) =>
        [.. heard.All.Where(m => m.Instrument == "grafeasbridge.delivery.time_to_verified").Select(m => m.Value)];
}
