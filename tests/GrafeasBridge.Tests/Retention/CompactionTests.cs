using System.Diagnostics.Metrics;
using System.Globalization;
using GrafeasBridge.Retention;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Receipts;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace GrafeasBridge.Tests.Retention;

/// <summary>Through the front door: what goes, what stays, and what still works afterwards.</summary>
[OnBothStores]
public sealed class CompactionTests : IDisposable
{
    private static readonly string[] Settings = ["Retention:MaxAge=1.00:00:00", "Retention:Pause=00:00:00", "Retention:BatchSize=2"];

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_went_is_still_carried_counted_proved_and_recognised_when_more_comes()
    {
        Receipt receipt;
        VersionReport before;
        await using (var host = await StartAsync())
        {
            await BuildSamples.NoteAsync(host, "ci");
            (_, var trailers) = await Stranger.SendAsync(host, BuildSamples.WithFacts("ci", "1"), requestId: "r");
            receipt = Assert.Single(Stranger.Receipts(trailers));
            for (var i = 2; i <= 5; i++)
                await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1", id: $"b-{i}"));
            await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), V1.DeliveryState.Verified);
            before = await ReportAsync(host);
        }

        Age(TimeSpan.FromDays(2));
        await using var later = await StartAsync();
        receipt = await Stranger.GetAsync(later, receipt.Occurrence); // of the time that it has now
        Assert.Equal(5, await RunAsync(later));
        var after = await ReportAsync(later);
        Assert.Equal((5L, 5L, 0L), (after.OccurrenceCount, after.FoldedOccurrenceCount, before.FoldedOccurrenceCount));
        Assert.Equal(before.Attributes, after.Attributes);
        Assert.Equal(before.Summary, after.Summary);

        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(later.Channel);
        await Refusal.OfAsync(StatusCode.NotFound, grafeas.GetOccurrenceAsync(new() { Name = receipt.Occurrence }, cancellationToken: Cancelled));
        await Refusal.OfAsync(StatusCode.NotFound, grafeas.DeleteOccurrenceAsync(new() { Name = receipt.Occurrence }, cancellationToken: Cancelled));
        Assert.Equal(receipt, await Stranger.GetAsync(later, receipt.Occurrence));
        (var repeated, var trailersAgain) = await Stranger.SendAsync(later, BuildSamples.WithFacts("ci", "1"), requestId: "r");
        Assert.Equal((receipt.Occurrence, receipt.CreateTime), (repeated.Name, repeated.CreateTime));
        Assert.Equal(receipt, Assert.Single(Stranger.Receipts(trailersAgain)));
        Assert.Single((await new Bridge.BridgeClient(later.Channel).ListVersionsAsync(
            new ListVersionsRequest { Commit = BuildSamples.Commit }, cancellationToken: Cancelled)).Versions);

        var sixth = await BuildSamples.SendAsync(later, "ci", BuildSamples.Of("ci", "1", id: "b-6"));
        await EmulatorAttributes.OfAsync(
            later,
            "acme/images/team:web/1",
            carried => carried["build.id"] == "b-6"
                && carried["grafeas.occurrence"].Split(',').Length == 6
                && carried["grafeas.occurrence"].Contains(receipt.Occurrence, StringComparison.Ordinal)
                && carried["grafeas.occurrence"].Contains(sixth.Name, StringComparison.Ordinal));
        Assert.Equal(6, (await ReportAsync(later)).OccurrenceCount);
    }

    [Fact]
    public async Task What_is_young_or_not_wanted_to_go_stays()
    {
        await using (var host = await StartAsync())
        {
            await BuildSamples.NoteAsync(host, "ci");
            await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
            await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), V1.DeliveryState.Verified);
            Assert.Equal(0, await RunAsync(host));
        }

        Age(TimeSpan.FromDays(30_000));
        await using var forEver = await BridgeHost.StartInAsync(folder.Path);
        Assert.False(forEver.Services.GetRequiredService<HistoryCompactor>().IsWanted);
        Assert.Equal(0, await RunAsync(forEver));
    }

    [OwnStore]
    [Fact]
    public async Task A_walk_that_ended_anywhere_is_gone_on_with_after_a_restart_and_the_room_of_what_went_is_used_again()
    {
        await using (var host = await StartAsync())
        {
            await BuildSamples.NoteAsync(host, "ci");
            for (var i = 0; i < 9; i++)
                await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1", id: $"b-{i}{new string('x', 900)}"));
            await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), V1.DeliveryState.Verified);
        }

        Age(TimeSpan.FromDays(2));
        VersionReport before;
        await using (var host = await StartAsync())
        {
            before = await ReportAsync(host);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            using var steps = new MeterListener();
            steps.InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "grafeasbridge.retention.occurrences")
                    l.EnableMeasurementEvents(instrument);
            };
            steps.SetMeasurementEventCallback<long>((_, _, _, _) => stop.Cancel());
            steps.Start();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Services.GetRequiredService<HistoryCompactor>().RunOnceAsync(stop.Token));
            var half = await ReportAsync(host);
            Assert.InRange(half.FoldedOccurrenceCount, 1, 8);
            Assert.Equal(before.Attributes, half.Attributes);
        }

        await using var again = await StartAsync();
        Assert.InRange(await RunAsync(again), 1, 8);
        var after = await ReportAsync(again);
        Assert.Equal((9L, 9L), (after.OccurrenceCount, after.FoldedOccurrenceCount));
        Assert.Equal(before.Attributes, after.Attributes);
        using var file = File();
        Assert.True(file.QueryNumber("pragma freelist_count") > 0, "pages are free for what comes next");
    }

    [Fact]
    public async Task Settings_out_of_range_stop_the_start()
    {
        foreach (var setting in new[] { "MaxAge=23:59:59", "MaxAge=36501.00:00:00", "Unmapped=00:00:01", "Remember=0", "BatchSize=0", "Pause=00:02:00", "Interval=00:00:01" })
        {
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => BridgeHost.StartInAsync(folder.Path, "Retention:" + setting));
            Assert.Contains(setting.Split('=')[0], refused.ToString(), StringComparison.Ordinal);
        }
    }

    private static Task<long> RunAsync(BridgeHost host) => host.Services.GetRequiredService<HistoryCompactor>().RunOnceAsync(Cancelled);

    private static async Task<VersionReport> ReportAsync(BridgeHost host) =>
        await new Bridge.BridgeClient(host.Channel).GetVersionAsync(BuildSamples.Version("1"), cancellationToken: Cancelled);

    private Task<BridgeHost> StartAsync() => BridgeHost.StartInAsync(folder.Path, Settings);

    /// <summary>Makes everything that is stored older.</summary>
    private void Age(TimeSpan by)
    {
        StoreUnderTest.Execute(folder.Path, string.Create(CultureInfo.InvariantCulture, $"update occurrences set create_time = create_time - {by.Ticks}"));
    }

    private SqliteDatabase File() => SqliteDatabase.Open(folder.File("bridge.db"), readOnly: false, TimeSpan.FromSeconds(1));
}
