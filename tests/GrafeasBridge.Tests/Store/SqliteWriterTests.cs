using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Telemetry;

namespace GrafeasBridge.Tests.Store;

/// <summary>The group commit, with groups that the test puts together.</summary>
public sealed class SqliteWriterTests : SqliteFixture
{
    [Fact]
    public async Task An_operation_that_fails_half_way_leaves_nothing_and_costs_the_others_nothing()
    {
        Logs.Expect(entry => entry.Event.Id == 2003);
        WriteOperation<bool>[] group =
        [
            Add("one"),
            Operation(session =>
            {
                Projects.Add(session, "half");
                throw new InvalidOperationException("a bug");
            }),
            Operation(session => throw new StoreException(StoreFailure.NotFound, "not there")),
            Operation(
                session =>
                {
                    Projects.Add(session, "half of a batch");
                    throw new StoreException(StoreFailure.AlreadyExists, "taken", 1);
                },
                items: 2),
            Add("two"),
        ];
        await WriteTogetherAsync(group);

        Assert.True(await group[0].Completion);
        Assert.Equal("a bug", (await Assert.ThrowsAsync<InvalidOperationException>(() => group[1].Completion)).Message);
        await RefusedAsync(StoreFailure.NotFound, () => group[2].Completion);
        await RefusedAsync(StoreFailure.AlreadyExists, () => group[3].Completion, index: 1);
        Assert.True(await group[4].Completion);
        await ReopenAsync();
        Assert.Equal(["one", "two"], (await Store.ListProjectsAsync(0, 10, Stop)).Select(p => p.Id));
    }

    [Fact]
    public async Task A_commit_that_fails_is_told_to_every_caller_of_the_group()
    {
        Logs.Expect(entry => entry.Event.Id == 2001);
        WriteOperation<bool>[] group =
        [
            Add("one"),
            // The refusal rests on what the group wrote, and that does not last either.
            Add("one"),
            Operation(session =>
            {
                session.Database.Execute("pragma max_page_count = 1; create table no_room (a)");
                return true;
            }),
        ];
        await WriteTogetherAsync(group);

        foreach (var operation in group)
            await RefusedAsync(StoreFailure.Unavailable, () => operation.Completion);
        await ReopenAsync();
        Assert.Empty(await Store.ListProjectsAsync(0, 10, Stop));
    }

    [Fact]
    public async Task What_is_queued_shares_one_commit_and_the_instruments_tell()
    {
        var batches = new ConcurrentBag<int>();
        var commits = new ConcurrentBag<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == BridgeTelemetry.Meter)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Keep(batches, instrument, "grafeasbridge.store.batch", value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Keep(commits, instrument, "grafeasbridge.store.commit.duration", value));
        listener.Start();
        // A size that no other test of the process puts together.
        await WriteTogetherAsync([.. Enumerable.Range(0, 83).Select(i => Add($"p{i}"))]);
        Assert.Single(batches, size => size == 83);
        Assert.NotEmpty(commits);
    }

    private static void Keep<T>(ConcurrentBag<T> kept, Instrument instrument, string name, T value)
    {
        if (instrument.Name == name)
            kept.Add(value);
    }

    private static WriteOperation<bool> Add(string project) => Operation(session => Projects.Add(session, project));

    private static WriteOperation<bool> Operation(Func<WriteSession, bool> work, int items = 1) =>
        new(work, items, bytes: 1, CancellationToken.None);

    /// <summary>Queues everything before the writer starts, so that it is one group.</summary>
    private async Task WriteTogetherAsync(IReadOnlyList<WriteOperation> group)
    {
        await Backend.CloseAsync();
        var queue = new WriteQueue<WriteOperation>(1000, 1000);
        foreach (var operation in group)
            queue.Add(operation);
        queue.Close();
        var logger = Factory.CreateLogger("writer");
        using var wal = new WalKeeper(Files.File, 1 << 20, 4096, logger);
        using var writer = new SqliteWriter(queue, wal, Session(), Session, _ => { }, Clock, logger);
        await writer.Ended;
    }

    private WriteSession Session() => new(Stranger(), Clock, []);
}
