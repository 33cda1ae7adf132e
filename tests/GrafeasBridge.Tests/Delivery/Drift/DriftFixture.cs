using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace GrafeasBridge.Tests.Delivery.Drift;

/// <summary>One target whose versions are delivered, and then looked at while somebody changes them there.</summary>
public abstract class DriftFixture : IAsyncLifetime
{
    internal static readonly TimeSpan FirstCheck = TimeSpan.FromMinutes(10);
    internal static readonly TimeSpan Day = TimeSpan.FromDays(1);

    internal TestLogs Logs { get; } = new();

    /// <summary>Nobody else's, so that nobody else's measurements are heard.</summary>
    internal string Target { get; } = "t-" + Guid.NewGuid().ToString("N")[..12];

    internal FakeBintray Fake { get; private set; } = null!;

    internal DeliveryHost Host { get; private set; } = null!;

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Fake = await FakeBintray.StartAsync();
        Fake.Have("acme", "images", "web");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Host.DisposeAsync();
        await Fake.DisposeAsync();
        Logs.Dispose();
    }

    internal async Task StartAsync(params string[] settings) => Host = await DeliveryHost.StartAsync(Logs, [(Target, Fake)], settings);

    /// <summary>Sends and delivers.</summary>
    /// <returns>The occurrence.</returns>
    internal async Task<string> DeliverAsync(string lines, string version = "1")
    {
        var id = await Host.SendAsync(Web(version), lines);
        await Host.RunOnceAsync();
        Assert.Equal(DeliveryState.Verified, (await RowAsync(version)).State);
        return id;
    }

    /// <returns>How many looks were made when so much time had passed.</returns>
    internal Task<int> LookAfterAsync(TimeSpan time)
    {
        Host.Clock.Advance(time);
        return Host.Drift.RunOnceAsync(Token);
    }

    internal Task<VersionRow> RowAsync(string version = "1") => Host.RowAsync(Web(version), Target);

    internal async Task<(DeliveryState State, string Outcome)> StateAsync(string version = "1")
    {
        var row = await RowAsync(version);
        return (row.State, row.LastOutcome);
    }

    internal static VersionCoordinates Web(string version = "1") => new("acme", "images", "web", version);

    internal ConcurrentDictionary<string, JsonNode> There(string version = "1") => Fake.Versions[FakeBintray.KeyOf(Web(version))];

    /// <summary>Somebody writes at the target.</summary>
    internal void Put(string name, string values, string type = "string") =>
        There()[name] = JsonNode.Parse($$"""{"name":"{{name}}","values":{{values}},"type":"{{type}}"}""")!;

    internal void DeleteThere() => Assert.True(Fake.Versions.TryRemove(Web().ToString(), out _));

    internal void Answer(Func<HttpContext, Task> answer) => Fake.Script = async (_, context) =>
    {
        await answer(context);
        return true;
    };

    /// <summary>Looks counted under a result.</summary>
    private protected static int Looks(Heard heard, string result) =>
        heard.All.Count(m => m.Instrument == "grafeasbridge.delivery.checks" && m.Tags.EndsWith($"result={result}", StringComparison.Ordinal));
}
