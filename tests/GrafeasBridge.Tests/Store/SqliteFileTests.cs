using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>One file: its schema, its lock, its log.</summary>
public sealed class SqliteFileTests : SqliteFixture
{
    [Fact]
    public async Task A_newer_schema_is_refused_and_left_alone()
    {
        await Backend.CloseAsync();
        using (var stranger = Stranger())
            stranger.Execute("pragma user_version = 99");
        var refusal = await RefusedAsync(StoreFailure.Broken, () => ReopenAsync());
        Assert.Contains("99", refusal.Message, StringComparison.Ordinal);
        using (var stranger = Stranger())
            Assert.Equal(99, stranger.QueryNumber("pragma user_version"));
    }

    [Fact]
    public async Task The_database_of_another_program_is_not_filled_with_our_tables()
    {
        await Backend.CloseAsync();
        File.Delete(Files.File);
        using (var stranger = Stranger())
            stranger.Execute("create table theirs (a); insert into theirs values (1)");
        await RefusedAsync(StoreFailure.Broken, () => ReopenAsync());
        using (var stranger = Stranger())
            Assert.Equal(["theirs"], stranger.QueryText("select name from sqlite_schema", 0));
    }

    [Fact]
    public async Task A_second_bridge_on_the_same_file_is_refused_by_any_path()
    {
        var refusal = await RefusedAsync(StoreFailure.Unavailable, () => Backend.OpenAsync(Clock, Factory, Targets));
        Assert.Contains("in use by another bridge", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Store:Path", refusal.Message, StringComparison.Ordinal);

        var link = Path.Combine(Files.Folder.FullName, "link.db");
        File.CreateSymbolicLink(link, Files.File);
        await RefusedAsync(
            StoreFailure.Unavailable, () => Backend.OpenAsync(Clock, Factory, Targets, new KeyValuePair<string, string?>("Store:Path", link)));
        await Store.CheckWritableAsync(Stop);
    }

    [Fact]
    public async Task A_bit_that_flips_in_a_stored_message_is_noticed_by_every_reader_and_the_rest_can_be_read()
    {
        await AddNoteAsync();
        var whole = Occurrence(Names(Web("1")), content: "whole " + new string('w', 500));
        var damaged = Occurrence(Names(Web("2")), content: "damaged " + new string('d', 500));
        await AddAsync(whole);
        await AddAsync(damaged);
        await Backend.CloseAsync();
        await FlipAsync("ddddddd");
        await ReopenAsync();

        Assert.Equal(Text(whole.Content), Text(await Store.FindOccurrenceAsync("ci", whole.Id, Stop)));
        Assert.Single(await ContentsOfAsync(Web("1")));
        await RefusedAsync(StoreFailure.Damaged, () => Store.FindOccurrenceAsync("ci", damaged.Id, Stop));
        await RefusedAsync(StoreFailure.Damaged, () => ContentsOfAsync(Web("2")));
        await RefusedAsync(StoreFailure.Damaged, () => Store.ListOccurrencesAsync("ci", 0, 10, Stop));
        await RefusedAsync(StoreFailure.Damaged, () => Store.FindCreationAsync("ci", damaged.Id, Stop));
        await Store.DeleteOccurrenceAsync("ci", damaged.Id, Stop);
        Assert.Single(await Store.ListOccurrencesAsync("ci", 0, 10, Stop));
    }

    [Fact]
    public async Task A_bit_that_flips_in_a_note_is_noticed()
    {
        await Store.AddNotesAsync([new NewNote("ci", "builds", Build, Bytes("the note of all builds"))], Stop);
        await Backend.CloseAsync();
        await FlipAsync("of all builds");
        await ReopenAsync();
        await RefusedAsync(StoreFailure.Damaged, () => Store.FindNoteAsync("ci", "builds", Stop));
    }

    [Fact]
    public async Task Damage_that_nobody_stumbles_over_is_noticed_at_the_start_unless_the_check_is_off()
    {
        await AddNoteAsync();
        await Backend.CloseAsync();
        using (var stranger = Stranger())
            stranger.Execute("pragma writable_schema = on; delete from sqlite_schema where name = 'occurrences_of_kind'; pragma writable_schema = reset");

        var refusal = await RefusedAsync(StoreFailure.Broken, () => ReopenAsync());
        Assert.Contains("damaged", refusal.Message, StringComparison.Ordinal);
        await ReopenAsync(Setting("MaxCheckedBytes", 0));
        Assert.NotNull(await Store.FindNoteAsync("ci", "builds", Stop));
    }

    /// <summary>Flips one bit in the file, where it holds the text.</summary>
    private async Task FlipAsync(string text)
    {
        var bytes = await File.ReadAllBytesAsync(Files.File, Stop);
        var at = bytes.AsSpan().LastIndexOf(Bytes(text)) + text.Length - 1;
        Assert.True(at >= text.Length, "the file does not hold the text");
        bytes[at] ^= 1; // the last one: a hash of the content lies before it in a row
        await File.WriteAllBytesAsync(Files.File, bytes, Stop);
    }

    [Fact]
    public async Task The_lock_holds_against_other_processes_and_ends_with_the_store()
    {
        Assert.NotEqual(0, await RunAsync("flock", "--nonblock", Files.File + ".lock", "true"));
        await Backend.CloseAsync();
        Assert.Equal(0, await RunAsync("flock", "--nonblock", Files.File + ".lock", "true"));
    }

    [Fact]
    public async Task The_log_stays_within_its_limit_while_much_is_written()
    {
        await ReopenAsync(Setting("MaxWalBytes", 2 << 20));
        await AddNoteAsync();
        var largest = 0L;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 100; i++)
            {
                await AddAsync(Large(30_000));
                InterlockedMax(ref largest, new FileInfo(Wal).Length);
            }
        }));

        Assert.True(new FileInfo(Files.File).Length > 20 << 20, "the log has been moved into the database");
        // One group may go over the limit before the writer looks again.
        Assert.InRange(largest, 1, 4 << 20);
    }

    [Fact]
    public async Task A_read_that_lasts_holds_the_log_open_only_as_long_as_it_lasts()
    {
        const int limit = 1 << 20;
        await ReopenAsync(Setting("MaxWalBytes", limit));
        await AddNoteAsync();
        await AddAsync(Large(1000));
        using (var reader = Stranger())
        {
            reader.Execute("begin; select * from occurrences");
            for (var i = 0; i < 200; i++)
                await AddAsync(Large(30_000));
            Assert.True(new FileInfo(Wal).Length > 4 * limit, "a reader holds it");
            Assert.Contains(Logs.Entries, entry => entry.Event.Id == 2010);
            reader.Execute("rollback");
        }

        for (var i = 0; i < 100; i++)
            await AddAsync(Large(30_000));
        Assert.InRange(new FileInfo(Wal).Length, 1, 2 * limit);
        Assert.InRange(((IStoreGauges)Store).WalBytes, 0, 2 * limit);
    }

    [Fact]
    public async Task Closing_writes_what_waits_and_leaves_one_file()
    {
        await AddNoteAsync();
        var writes = Enumerable.Range(0, 200).Select(_ => AddAsync(Occurrence())).ToList();
        await Backend.CloseAsync();
        await Task.WhenAll(writes);
        Assert.False(File.Exists(Wal));

        await RefusedAsync(StoreFailure.Unavailable, () => AddAsync(Occurrence()));
        await RefusedAsync(StoreFailure.Unavailable, () => Store.HasProjectAsync("ci", Stop));
        await ReopenAsync();
        Assert.Equal(200, (await Store.ListOccurrencesAsync("ci", 0, 1000, Stop)).Count);
    }

    [Fact]
    public async Task Reads_go_on_while_the_writer_is_busy()
    {
        await AddNoteAsync();
        using var release = new ManualResetEventSlim();
        var update = Store.UpdateNoteAsync(
            "ci",
            "builds",
            note =>
            {
                release.Wait(Stop);
                return Longer(note, '!');
            },
            Stop);
        for (var i = 0; i < 20; i++)
            Assert.Equal("note builds", Text(await Store.FindNoteAsync("ci", "builds", Stop)));
        release.Set();
        await update;
        Assert.Equal("note builds!", Text(await Store.FindNoteAsync("ci", "builds", Stop)));
    }

    [Fact]
    public async Task More_waiting_writes_than_allowed_are_refused_and_the_others_kept()
    {
        await ReopenAsync(Setting("MaxQueuedWrites", 3));
        await AddNoteAsync();
        using var release = new ManualResetEventSlim();
        using var busy = new SemaphoreSlim(0);
        var update = BlockAsync(release, busy);
        await busy.WaitAsync(Stop);

        var waiting = Enumerable.Range(0, 3).Select(_ => AddAsync(Occurrence())).ToList();
        await RefusedAsync(StoreFailure.Overloaded, () => AddAsync(Occurrence()));
        Assert.Equal(3, ((IStoreGauges)Store).QueuedWrites);
        release.Set();
        await Task.WhenAll(waiting);
        await update;
        await AddAsync(Occurrence());
        Assert.Equal(4, (await Store.ListOccurrencesAsync("ci", 0, 10, Stop)).Count);
    }

    [Fact]
    public async Task More_waiting_bytes_than_allowed_are_refused()
    {
        await ReopenAsync(Setting("MaxQueuedBytes", 1 << 20));
        await AddNoteAsync();
        using var release = new ManualResetEventSlim();
        using var busy = new SemaphoreSlim(0);
        var update = BlockAsync(release, busy);
        await busy.WaitAsync(Stop);

        // One always fits, or it could never be stored.
        var large = AddAsync(Large(2 << 20));
        await RefusedAsync(StoreFailure.Overloaded, () => AddAsync(Occurrence()));
        release.Set();
        await Task.WhenAll(update, large);
    }

    [Fact]
    public async Task A_caller_who_leaves_before_his_turn_is_not_served_and_one_who_leaves_later_is()
    {
        await AddNoteAsync();
        using var release = new ManualResetEventSlim();
        using var busy = new SemaphoreSlim(0);
        using var gone = new CancellationTokenSource();
        var update = Store.UpdateNoteAsync(
            "ci",
            "builds",
            note =>
            {
                busy.Release();
                release.Wait(Stop);
                return Longer(note, '!');
            },
            gone.Token);
        await busy.WaitAsync(Stop);
        var waiting = Store.AddProjectAsync("late", gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        release.Set();

        Assert.Equal("note builds!", Text(await update));
        Assert.False(await Store.HasProjectAsync("late", Stop));
    }

    private Task<StoredMessage> BlockAsync(ManualResetEventSlim release, SemaphoreSlim busy) => Store.UpdateNoteAsync(
        "ci",
        "builds",
        note =>
        {
            busy.Release();
            release.Wait(Stop);
            return note;
        },
        Stop);

    private static void InterlockedMax(ref long largest, long value)
    {
        for (var seen = Interlocked.Read(ref largest); value > seen;)
            seen = Interlocked.CompareExchange(ref largest, value, seen) is var now && now == seen ? value : now;
    }
}
