using System.Globalization;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Retention;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Mapping;
using GrafeasBridge.Tests.Store;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.Versions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Options = Microsoft.Extensions.Options.Options;

namespace GrafeasBridge.Tests.Retention;

/// <summary>Walks over old occurrences on a real file: ended anywhere, met by readers, and by what cannot be mapped.</summary>
public sealed class WalkTests : IAsyncLifetime
{
    private const string Target = "main";
    private static readonly VersionCoordinates Web = new("acme", "images", "team/web", "1");

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));
    private readonly TestLogs logs = new();
    private readonly SqliteBackend backend = new();
    private readonly OccurrenceMapping mapping = MappingFixture.Open();
    private readonly RetentionOptions options = new() { MaxAge = TimeSpan.FromDays(1), Pause = TimeSpan.Zero, BatchSize = 3 };
    private readonly ILoggerFactory factory;
    private IBridgeStore store = null!;
    private int sent;

    public WalkTests() => factory = logs.Factory();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = await backend.OpenAsync(clock, factory, [Target]);
        await store.AddNotesAsync([new NewNote("p", "n", (int)NoteKind.Build, [])], Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await backend.DisposeAsync();
        factory.Dispose();
        logs.Dispose();
    }

    [Fact]
    public async Task After_every_step_a_kill_leaves_each_occurrence_either_stored_or_folded()
    {
        await SendAsync(8);
        var expected = (await HistoryAsync(store)).Attributes.Text();
        var folded = new List<long>();
        var watched = MeddlingStore.Around(store, async verb =>
        {
            if (verb != nameof(IBridgeStore.ReadAgedAsync))
                return;
            var left = await AsKilledAsync();
            Assert.Equal((8L, expected), (left.Occurrences, left.Attributes.Text()));
            folded.Add(left.Folded);
        });
        Assert.Equal(8, await HistoryCompactor(watched).RunOnceAsync(Stop));
        Assert.Equal([0L, 3L, 6L], folded);
        var after = await AsKilledAsync();
        Assert.Equal((8L, 8L, expected), (after.Occurrences, after.Folded, after.Attributes.Text()));
    }

    [Fact]
    public async Task What_goes_while_a_version_is_read_is_not_missed()
    {
        await SendAsync(8);
        var expected = (await HistoryAsync(store)).Attributes.Text();
        var walks = 0;
        var meddled = MeddlingStore.Around(store, async verb =>
        {
            if (verb == nameof(IBridgeStore.CountFoldedAsync) && walks++ == 0)
                await HistoryCompactor(store).RunOnceAsync(Stop);
        });
        var read = await HistoryAsync(meddled);
        Assert.Equal((8L, 8L, expected), (read.Occurrences, read.Folded, read.Attributes.Text()));
        Assert.Equal(2, walks);
    }

    [Fact]
    public async Task One_that_cannot_be_mapped_stays_and_all_others_go()
    {
        await SendAsync(7, broken: 4);
        Assert.Equal(6, await HistoryCompactor(store).RunOnceAsync(Stop));
        Assert.Equal(6, await store.CountFoldedAsync(Web, Stop));
        Assert.NotNull(await store.FindOccurrenceAsync("p", "o000004", Stop));
        Assert.Equal(2041, Assert.Single(logs.Entries, entry => entry.Event.Id is >= 2040 and < 2060 and not 2040).Event.Id);
    }

    [Fact]
    public async Task What_somebody_changes_again_and_again_waits_for_the_next_walk()
    {
        await SendAsync(2);
        var tries = 0;
        var meddled = MeddlingStore.Around(store, async verb =>
        {
            if (verb != nameof(IBridgeStore.RetireAsync))
                return;
            tries++;
            await store.RedeliverAsync(Target, Web, Stop);
            if (tries < 3)
                await VerifyAsync();
        });
        Assert.Equal(0, await HistoryCompactor(meddled).RunOnceAsync(Stop));
        Assert.Equal(3, tries);
        await VerifyAsync();
        Assert.Equal(2, await HistoryCompactor(store).RunOnceAsync(Stop));
    }

    [Fact]
    public async Task Names_are_forgotten_when_their_time_has_come()
    {
        options.Remember = TimeSpan.FromDays(10);
        await SendAsync(7);
        Assert.Equal(7, await HistoryCompactor(store).RunOnceAsync(Stop));
        clock.Advance(TimeSpan.FromDays(9));
        await HistoryCompactor(store).RunOnceAsync(Stop);
        Assert.NotNull(await store.FindCreationAsync("p", "o000001", Stop));
        clock.Advance(TimeSpan.FromDays(2));
        await HistoryCompactor(store).RunOnceAsync(Stop);
        Assert.Null(await store.FindCreationAsync("p", "o000001", Stop));
        Assert.Null(await store.FindCreationAsync("p", "o000007", Stop));
    }

    [Fact]
    public async Task The_worker_walks_at_every_interval_and_outlives_a_store_that_refuses()
    {
        await SendAsync(2);
        using var asked = new SemaphoreSlim(0);
        var asks = 0;
        var watched = MeddlingStore.Around(store, _ =>
        {
            var refuses = asks++ == 0;
            asked.Release();
            return refuses ? throw new StoreException(StoreFailure.Unavailable, "The test says so.") : Task.CompletedTask;
        });
        using var worker = new RetentionWorker(HistoryCompactor(watched), Options.Create(options), clock, factory.CreateLogger<RetentionWorker>());
        await worker.StartAsync(Stop);
        // Its timer is made on another thread: it may begin later than this.
        while (!await asked.WaitAsync(0, Stop))
            clock.Advance(options.Interval);
        while (await store.CountFoldedAsync(Web, Stop) < 2)
            clock.Advance(options.Interval);
        Assert.Single(logs.Entries, entry => entry.Event.Id == 2042);
        await worker.StopAsync(Stop);
    }

    private HistoryCompactor HistoryCompactor(IBridgeStore on) => new(on, mapping, Options.Create(options), clock, factory.CreateLogger<HistoryCompactor>());

    private Task<VersionHistory> HistoryAsync(IBridgeStore from) => VersionHistory.ReadAsync(from, mapping, Web, Stop);

    /// <summary>What a bridge finds on the files as they lie now, without the end that a graceful stop makes.</summary>
    private async Task<VersionHistory> AsKilledAsync()
    {
        await using var copy = new SqliteBackend();
        Directory.CreateDirectory(Path.GetDirectoryName(copy.File)!);
        foreach (var end in new[] { "", "-wal" })
            File.Copy(backend.File + end, copy.File + end);
        return await HistoryAsync(await copy.OpenAsync(clock, factory, [Target]));
    }

    /// <summary>Stores occurrences of the version, brings it to verified, and lets them grow old.</summary>
    /// <param name="broken">The number of one whose bytes are no message.</param>
    private async Task SendAsync(int count, int broken = 0)
    {
        for (var i = 1; i <= count; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"o{++sent:D6}");
            var occurrence = new Occurrence
            {
                Name = $"projects/p/occurrences/{id}",
                Kind = NoteKind.Build,
                CreateTime = Timestamp.FromDateTimeOffset(clock.GetUtcNow()),
                NoteName = "projects/p/notes/n",
                Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = $"build-{i}" } },
            };
            var placement = new VersionResolution([Web], [], [], [], "test", null);
            await store.AddOccurrencesAsync(
                [new NewOccurrence(
                    "p", id, "p", "n", (int)NoteKind.Build, "https://resource.example", clock.GetUtcNow(),
                    i == broken ? [0xff] : occurrence.ToByteArray(), null, new byte[32], placement, null)],
                Stop);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await VerifyAsync();
        clock.Advance(TimeSpan.FromDays(2));
    }

    private async Task VerifyAsync()
    {
        foreach (var claimed in await store.ClaimAsync(Target, 10, TimeSpan.FromMinutes(1), Stop))
            await store.SettleAsync(claimed, new Settlement(GrafeasBridge.Store.DeliveryState.Verified, "verified", "", null, []), Stop);
    }
}

/// <summary>The real store; before each verb of retention a test may do something.</summary>
internal class MeddlingStore : DispatchProxy
{
    private IBridgeStore store = null!;
    private Func<string, Task> before = null!;

    public static IBridgeStore Around(IBridgeStore store, Func<string, Task> before)
    {
        var proxy = Create<IBridgeStore, MeddlingStore>();
        ((MeddlingStore)(object)proxy).store = store;
        ((MeddlingStore)(object)proxy).before = before;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => (targetMethod!.Name, args) switch
    {
        (nameof(IBridgeStore.ReadAgedAsync), [AgedQuery query, CancellationToken stop]) => ThenAsync(targetMethod.Name, () => store.ReadAgedAsync(query, stop)),
        (nameof(IBridgeStore.RetireAsync), [AgedPart part, IReadOnlyList<byte[]> states, CancellationToken stop]) =>
            ThenAsync(targetMethod.Name, () => store.RetireAsync(part, states, stop)),
        (nameof(IBridgeStore.CountFoldedAsync), [VersionCoordinates version, CancellationToken stop]) =>
            ThenAsync(targetMethod.Name, () => store.CountFoldedAsync(version, stop)),
        _ => targetMethod.Invoke(store, BindingFlags.DoNotWrapExceptions, null, args, CultureInfo.InvariantCulture),
    };

    private async Task<T> ThenAsync<T>(string verb, Func<Task<T>> call)
    {
        await before(verb);
        return await call();
    }
}
