using System.Globalization;
using System.Text;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>A target that fails a third of its calls in every way it knows, and one that says what it should not.</summary>
[OnBothStores]
public sealed class EverythingFailsTests : IAsyncLifetime
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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task With_a_third_of_all_calls_failing_in_every_way_everything_arrives(int seed)
    {
        await StartAsync("Targets:0:MaxReplyBytes=65536");
        var dice = new Random(seed);
        fake.Script = async (call, context) =>
        {
            int roll;
            lock (dice)
                roll = dice.Next(30);
            return roll < 10 && await BreakAsync(call, context, roll);
        };
        for (var i = 0; i < 40; i++)
            await host.SendAsync(Web(i), $"number n={i}\nstring a=1|2|3");

        for (var turn = 0; turn < 2000 && await UnverifiedAsync(40) > 0; turn++)
        {
            if (await host.RunOnceAsync() == 0)
                host.Clock.Advance(TimeSpan.FromSeconds(30));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(host.Target(main).RateLimiter.Status() + " " + host.Clock.GetUtcNow());
        Assert.Equal(0, await UnverifiedAsync(40));
        for (var i = 0; i < 40; i++)
        {
            var there = fake.Versions[Web(i).ToString()];
            Assert.Equal(["a", "n"], there.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(i, there["n"]["values"]![0]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task Credentials_never_appear_in_logs_errors_or_metrics()
    {
        logs.Expect(e => e.Event.Name == "ReconcileFaulted");
        using var heard = new Heard(main);
        await StartAsync();
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"bridge:{TargetHarness.ApiKey}"));
        int[] statuses = [400, 401, 403, 404, 429, 500];
        fake.Script = async (call, context) =>
        {
            Assert.Equal($"Basic {basic}", call.Authorization);
            var status = statuses[fake.Calls.Count % statuses.Length];
            await FakeBintray.SayAsync(context, status, $"refused {call.Authorization}: {TargetHarness.ApiKey}");
            return true;
        };
        for (var i = 0; i < 12; i++)
            await host.SendAsync(Web(i), "string a=1");
        for (var i = 0; i < 30; i++)
        {
            await host.RunOnceAsync();
            host.Clock.Advance(TimeSpan.FromMinutes(20));
        }

        var seen = new StringBuilder();
        foreach (var entry in logs.Entries)
            seen.AppendLine(entry.Message).Append(entry.Event.Name == "ReconcileFaulted" ? null : entry.Exception).AppendLine();
        for (var i = 0; i < 12; i++)
            seen.AppendLine((await RowAsync(Web(i))).ToString());
        heard.Scrape();
        foreach (var measurement in heard.All)
            seen.AppendLine(measurement.ToString());
        var text = seen.ToString();
        Assert.Contains("refused Basic ***: ***", text, StringComparison.Ordinal);
        Assert.DoesNotContain(TargetHarness.ApiKey, text, StringComparison.Ordinal);
        Assert.DoesNotContain(basic, text, StringComparison.Ordinal);
    }

    private static VersionCoordinates Web(int i) => new("acme", "images", "web", i.ToString(CultureInfo.InvariantCulture));

    private async Task StartAsync(params string[] settings) => host = await DeliveryHost.StartAsync(logs, [(main, fake)], settings);

    private Task<VersionRow> RowAsync(VersionCoordinates version) => host.RowAsync(version, main);

    private async Task<int> UnverifiedAsync(int count)
    {
        var open = 0;
        for (var i = 0; i < count; i++)
            open += (await RowAsync(Web(i))).State == DeliveryState.Verified ? 0 : 1;
        return open;
    }

    private static async Task<bool> BreakAsync(FakeCall call, HttpContext context, int way)
    {
        switch (way)
        {
            case 0:
                context.Abort();
                return true;
            case 1:
                context.Response.ContentLength = 100;
                await context.Response.WriteAsync("[");
                await context.Response.Body.FlushAsync();
                context.Abort();
                return true;
            case 2:
                await FakeBintray.AnswerAsync(context, 502, "<html>bad gateway</html>", "text/html");
                return true;
            case 3:
                await FakeBintray.AnswerAsync(context, 200, "<html>welcome</html>", "text/html");
                return true;
            case 4:
                context.Response.Headers.RetryAfter = "7";
                await FakeBintray.SayAsync(context, 429, "slow down");
                return true;
            case 5:
                await FakeBintray.SayAsync(context, 403, "You have exceeded your API call limit");
                return true;
            case 6:
                await FakeBintray.SayAsync(context, 401, "This resource requires authentication");
                return true;
            case 7 when call.Method is "PATCH": // says yes, does nothing
                await FakeBintray.AnswerAsync(context, 200, call.Body);
                return true;
            case 8:
                await context.Response.Body.WriteAsync(new byte[100_000], context.RequestAborted);
                return true;
            default:
                await FakeBintray.AnswerAsync(context, 405, "<html>not allowed</html>", "text/html");
                return true;
        }
    }
}
