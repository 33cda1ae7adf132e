using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using GrafeasBridge.Delivery;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery;

/// <summary>One version at a time, from the store to a real socket and back.</summary>
[OnBothStores]
public sealed class ReconcileTests : IAsyncLifetime
{
    private static readonly VersionCoordinates Web = TargetHarness.Version;
    private readonly TestLogs logs = new();
    private FakeBintray fake = null!;
    private DeliveryHost host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        fake = await FakeBintray.StartAsync();
        fake.Have("acme", "images", "team:web");
        host = await DeliveryHost.StartAsync(logs, [(DeliveryHost.Main, fake)]);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await fake.DisposeAsync();
        logs.Dispose();
    }

    [Fact]
    public async Task An_occurrence_becomes_verified_attributes_of_its_version()
    {
        await host.SendAsync(Web, "string build.id=b-41\nnumber build.number=41|2.5\nboolean signed=true\ndate built=2026-11-02T08:15:30.000Z");

        Assert.Equal(1, await host.RunOnceAsync());

        var row = await host.RowAsync(Web);
        Assert.Equal((DeliveryState.Verified, "Delivered", "4 attributes written and read back."), (row.State, row.LastOutcome, row.LastReason));
        Assert.Equal((row.Revision, 0), (row.SettledRevision, row.Attempts));
        Assert.Equal("""{"name":"build.number","values":[2.5,41],"type":"number"}""", There()["build.number"].ToJsonString());
        Assert.Equal(["GET", "POST", "PATCH", "GET"], fake.Calls.Select(c => c.Method));
        Assert.Equal(0, await host.RunOnceAsync());
    }

    [Fact]
    public async Task Nothing_is_written_when_the_target_says_it_already()
    {
        await host.SendAsync(Web, "string a=1|2");
        await host.RunOnceAsync();
        var calls = fake.Calls.Count;

        await host.Store.RedeliverAsync(DeliveryHost.Main, Web, Token);
        await host.RunOnceAsync();

        Assert.Equal(["GET"], fake.Calls.Skip(calls).Select(c => c.Method));
        Assert.Equal("Unchanged", (await host.RowAsync(Web)).LastOutcome);
    }

    [Fact]
    public async Task Only_what_changed_is_sent_withdrawn_attributes_go_and_foreign_ones_stay()
    {
        fake.Have("acme", "images", "team:web", "1.4.0")["foreign"] = JsonNode.Parse("""{"name":"foreign","values":["x"],"type":"string"}""")!;
        await host.SendAsync(Web, "string a=1\nstring b=2");
        var second = await host.SendAsync(Web, "string c=3");
        await host.RunOnceAsync();
        var calls = fake.Calls.Count;

        await host.SendAsync(Web, "string b=22");
        await host.WithdrawAsync(second);
        await host.RunOnceAsync();

        FakeCall[] later = [.. fake.Calls.Skip(calls)];
        Assert.Equal(["GET", "PATCH", "DELETE", "GET"], later.Select(c => c.Method));
        Assert.Equal("""[{"name":"b","values":["22"],"type":"string"}]""", later[1].Body);
        Assert.EndsWith("?names=c", later[2].RawTarget, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "foreign"], There().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_version_that_nothing_is_wanted_of_any_more_loses_what_the_bridge_wrote_and_no_more()
    {
        fake.Have("acme", "images", "team:web", "1.4.0")["foreign"] = JsonNode.Parse("""{"name":"foreign","values":["x"],"type":"string"}""")!;
        var only = await host.SendAsync(Web, "string a=1\nstring b=2");
        await host.RunOnceAsync();

        await host.WithdrawAsync(only);
        await host.RunOnceAsync();

        Assert.Equal(["foreign"], There().Keys);
        Assert.Equal(DeliveryState.Verified, (await host.RowAsync(Web)).State);
    }

    [Fact]
    public async Task A_version_that_nothing_is_wanted_of_is_not_created()
    {
        var only = await host.SendAsync(Web, "string a=1");
        await host.WithdrawAsync(only);

        await host.RunOnceAsync();

        Assert.Equal(["GET"], fake.Calls.Select(c => c.Method));
        Assert.Equal((DeliveryState.Verified, "Unchanged"), await StateAsync());
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("cut")]
    public async Task A_write_that_the_target_did_not_keep_is_noticed_and_repeated(string lie)
    {
        fake.Have("acme", "images", "team:web", "1.4.0");
        fake.Script = async (call, context) =>
        {
            if (call.Method != "PATCH")
                return false;
            if (lie == "cut")
                There()["a"] = JsonNode.Parse("""{"name":"a","values":["long v"],"type":"string"}""")!;
            await FakeBintray.AnswerAsync(context, 200, call.Body);
            return true;
        };
        await host.SendAsync(Web, "string a=long value\nstring b=2");

        await host.RunOnceAsync();

        var row = await host.RowAsync(Web);
        Assert.Equal((DeliveryState.Waiting, "ReadBackMismatch"), (row.State, row.LastOutcome));
        Assert.Equal("The target accepted the write, but reading back differs in a, b.", row.LastReason);
        Assert.InRange(row.NextAttempt!.Value - host.Clock.GetUtcNow(), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5));

        fake.Script = null;
        host.Clock.Advance(TimeSpan.FromSeconds(5));
        await host.RunOnceAsync();
        Assert.Equal((DeliveryState.Verified, "Delivered"), await StateAsync());
    }

    [Fact]
    public async Task A_version_changed_while_in_hand_is_delivered_again()
    {
        await host.SendAsync(Web, "string a=1");
        var patches = 0;
        fake.Script = async (call, _) =>
        {
            if (call.Method == "PATCH" && Interlocked.Increment(ref patches) == 1)
                await host.SendAsync(Web, "string b=2");
            return false;
        };

        await host.RunOnceAsync();
        var row = await host.RowAsync(Web);
        Assert.Equal((DeliveryState.Pending, row.Revision - 1), (row.State, row.SettledRevision));
        Assert.Equal(["a"], There().Keys);

        Assert.Equal(1, await host.RunOnceAsync());
        Assert.Equal((DeliveryState.Verified, "Delivered"), await StateAsync());
        Assert.Equal(["a", "b"], There().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_worker_whose_lease_went_to_another_writes_nothing()
    {
        await host.SendAsync(Web, "string a=1");
        var mine = await ClaimAsync();
        fake.Script = async (_, _) =>
        {
            fake.Script = null;
            await host.Store.ReleaseAsync([mine], Token);
            await ClaimAsync();
            return false;
        };

        Assert.Equal(DeliveryOutcome.LeaseLost, await host.Reconciler.ReconcileAsync(host.Target(DeliveryHost.Main), mine, Token));

        Assert.DoesNotContain(fake.Calls, c => c.Method == "PATCH");
        Assert.Equal(DeliveryState.Delivering, (await host.RowAsync(Web)).State);
    }

    [Fact]
    public async Task A_late_worker_cannot_settle_and_its_version_is_delivered_once_more()
    {
        await host.SendAsync(Web, "string a=1");
        var mine = await ClaimAsync();
        fake.Script = async (call, _) =>
        {
            if (call.Method == "PATCH")
            {
                await host.Store.ReleaseAsync([mine], Token);
                await ClaimAsync();
            }

            return false;
        };

        Assert.Equal(DeliveryOutcome.LeaseLost, await host.Reconciler.ReconcileAsync(host.Target(DeliveryHost.Main), mine, Token));

        Assert.NotEqual(DeliveryState.Verified, (await host.RowAsync(Web)).State);
        host.Clock.Advance(TimeSpan.FromMinutes(3));
        await host.RunOnceAsync();
        Assert.Equal((DeliveryState.Verified, "Unchanged"), await StateAsync());
    }

    [Fact]
    public async Task After_a_crash_between_intent_and_write_the_attributes_are_still_the_bridges_own()
    {
        var withdrawn = await host.SendAsync(Web, "string a=1");
        var crashed = await ClaimAsync();
        Assert.True(await host.Store.RecordIntentAsync(crashed, ["a"], Token));
        fake.Have("acme", "images", "team:web", "1.4.0")["a"] = JsonNode.Parse("""{"name":"a","values":["1"],"type":"string"}""")!;
        await host.WithdrawAsync(withdrawn);

        Assert.Equal(0, await host.RunOnceAsync());
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await host.RunOnceAsync());

        Assert.Empty(There());
        Assert.Equal((DeliveryState.Verified, "Delivered"), await StateAsync());
    }

    [Fact]
    public async Task Killed_between_sent_and_settled_there_is_one_truth_in_the_end()
    {
        await host.SendAsync(Web, "string a=1");
        var killed = await ClaimAsync();
        Assert.True(await host.Store.RecordIntentAsync(killed, ["a"], Token));
        fake.Have("acme", "images", "team:web", "1.4.0");
        await host.Target(DeliveryHost.Main).Api.SetAsync(Web, [TargetHarness.Attribute("a", AttributeType.String, "1")], Token);

        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await host.RunOnceAsync();

        var row = await host.RowAsync(Web);
        Assert.Equal((DeliveryState.Verified, "Unchanged", row.Revision), (row.State, row.LastOutcome, row.SettledRevision));
        Assert.Equal(["a"], There().Keys);
    }

    [Fact]
    public async Task One_trace_runs_from_the_call_to_the_targets_reply()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        Activity? reconcile = null;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == BridgeTelemetry.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = a => reconcile = a.TraceId.ToHexString() == Trace ? a : reconcile,
        };
        ActivitySource.AddActivityListener(listener);
        var parents = new List<string>();
        fake.Script = (_, context) =>
        {
            parents.Add(context.Request.Headers["traceparent"].ToString());
            return Task.FromResult(false);
        };

        await host.SendAsync(Web, "string a=1", $"00-{Trace}-b7ad6b7169203331-01");
        await host.RunOnceAsync();

        Assert.Equal("b7ad6b7169203331", reconcile!.ParentSpanId.ToHexString());
        Assert.Equal("acme/images/team/web", reconcile.GetTagItem("grafeasbridge.package"));
        Assert.Equal("1.4.0", reconcile.GetTagItem("grafeasbridge.version"));
        Assert.Equal("delivered", reconcile.GetTagItem("grafeasbridge.outcome"));
        Assert.All(parents, parent => Assert.Contains(Trace, parent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reconcile_that_takes_too_long_is_ended_and_waits_for_its_next_turn()
    {
        await host.SendAsync(Web, "string a=1");
        fake.Script = async (_, context) =>
        {
            if (fake.Calls.Count == 1)
                return false;
            var gone = new TaskCompletionSource();
            await using (context.RequestAborted.Register(gone.SetResult))
                await gone.Task;
            return true;
        };

        var turn = host.RunOnceAsync();
        await fake.UntilAsync(calls => calls.Count == 2);
        host.Clock.Advance(TimeSpan.FromSeconds(60));
        await turn;
        Assert.Equal((DeliveryState.Waiting, "Unreachable"), await StateAsync());
    }

    private ConcurrentDictionary<string, JsonNode> There() => fake.Versions[Web.ToString()];
    private async Task<(DeliveryState State, string Outcome)> StateAsync()
    {
        var row = await host.RowAsync(Web);
        return (row.State, row.LastOutcome);
    }

    private async Task<ClaimedVersion> ClaimAsync() =>
        (await host.Store.ClaimAsync(DeliveryHost.Main, 1, TimeSpan.FromMinutes(2), Token)).Single();
}
