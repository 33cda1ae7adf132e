using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Store;

/// <summary>Disks that fill up, files that are locked, read-only or damaged. The small disks are real ones: this needs root.</summary>
public sealed class SqliteDiskTests : SqliteHouse
{
    private bool mounted;

    public override async ValueTask DisposeAsync()
    {
        await Backend.CloseAsync();
        if (mounted)
            Assert.Equal(0, await RunAsync("umount", Folder));
        await base.DisposeAsync();
    }

    [Fact]
    [Needs(Need.Root)]
    public async Task A_full_disk_loses_nothing_that_was_acknowledged_and_heals_without_a_restart()
    {
        await MountAsync("4m");
        await ReopenAsync(Setting("MaxWalBytes", 1 << 20));
        await AddNoteAsync();
        Logs.Expect(entry => entry.Event.Id == 2001);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => FillAsync()));
        Assert.All(outcomes, outcome => Assert.Equal(StoreFailure.Unavailable, outcome.Ending.Failure));
        Assert.Contains("full", outcomes[0].Ending.Message, StringComparison.Ordinal);
        await RefusedAsync(StoreFailure.Unavailable, () => AddAsync(Large(8 << 20)));
        var acknowledged = outcomes.SelectMany(outcome => outcome.Stored).Order().ToList();
        Assert.NotEmpty(acknowledged);
        Assert.Equal(acknowledged, Stored());

        Assert.Equal(0, await RunAsync("mount", "-o", "remount,size=32m", Folder));
        await Store.CheckWritableAsync(Stop);
        await AddAsync(Large(100_000));
        await ReopenAsync();
        Assert.Equal(acknowledged.Count + 1, Stored().Count);
        using var stranger = Stranger();
        Assert.Equal(["ok"], stranger.QueryText("pragma integrity_check", 0));
        Assert.Contains(Logs.Entries, entry => entry.Event.Id == 2002);
    }

    [Fact]
    [Needs(Need.Root)]
    public async Task A_read_only_disk_is_refused_at_the_start()
    {
        await MountAsync("8m");
        await ReopenAsync();
        await AddNoteAsync();
        await Backend.CloseAsync();
        Assert.Equal(0, await RunAsync("mount", "-o", "remount,ro", Folder));
        await RefusedAsync(StoreFailure.Unavailable, () => ReopenAsync());

        Assert.Equal(0, await RunAsync("mount", "-o", "remount,rw", Folder));
        await ReopenAsync();
        Assert.NotNull(await Store.FindNoteAsync("ci", "builds", Stop));
    }

    [Fact]
    public async Task A_lock_of_another_program_refuses_writes_and_no_reads_until_it_is_gone()
    {
        await AddNoteAsync();
        Logs.Expect(entry => entry.Event.Id == 2001);
        using (var stranger = Stranger())
        {
            stranger.Execute("begin immediate");
            var refusal = await RefusedAsync(StoreFailure.Unavailable, () => AddAsync(Occurrence()));
            await RefusedAsync(StoreFailure.Unavailable, () => Store.CheckWritableAsync(Stop));
            Assert.Contains("lock", refusal.Message, StringComparison.Ordinal);
            Assert.NotNull(await Store.FindNoteAsync("ci", "builds", Stop));
            stranger.Execute("rollback");
        }

        await AddAsync(Occurrence());
        Assert.Single(await Store.ListOccurrencesAsync("ci", 0, 10, Stop));
    }

    [Fact]
    public async Task A_damaged_file_is_told_from_one_that_is_not_reachable()
    {
        await AddNoteAsync();
        for (var i = 0; i < 50; i++)
            await AddAsync(Large(20_000));
        await Backend.CloseAsync();
        await using (var file = File.OpenWrite(Files.File))
        {
            file.Position = 8192;
            await file.WriteAsync(new byte[file.Length - 8192], Stop);
        }

        await RefusedAsync(StoreFailure.Broken, async () =>
        {
            await ReopenAsync();
            await Store.ListOccurrencesAsync("ci", 0, 100, Stop);
        });
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        await Backend.CloseAsync();
        var text = string.Concat(Enumerable.Repeat("not a database\n", 500));
        await File.WriteAllTextAsync(Files.File, text, Stop);
        await RefusedAsync(StoreFailure.Broken, () => ReopenAsync());
        Assert.Equal(text, await File.ReadAllTextAsync(Files.File, Stop));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_named()
    {
        await Backend.CloseAsync();
        var blocked = Path.Combine(Folder, "file", "sub");
        await File.WriteAllTextAsync(Path.Combine(Folder, "file"), "", Stop);
        var refusal = await RefusedAsync(
            StoreFailure.Unavailable, () => ReopenAsync(new KeyValuePair<string, string?>("Store:Path", Path.Combine(blocked, "bridge.db"))));
        Assert.Contains(blocked, refusal.Message, StringComparison.Ordinal);
    }

    private string Folder => Files.Folder.FullName;

    private async Task MountAsync(string size)
    {
        await Backend.CloseAsync();
        NeedsAttribute.Check(Need.Root);
        Assert.Equal(0, await RunAsync("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", Folder));
        mounted = true;
    }

    private async Task<(List<string> Stored, StoreException Ending)> FillAsync()
    {
        var stored = new List<string>();
        while (true)
        {
            var occurrence = Large(30_000);
            try
            {
                await AddAsync(occurrence);
                stored.Add(occurrence.Id);
            }
            catch (StoreException e)
            {
                return (stored, e);
            }
        }
    }

    /// <summary>As a stranger reads it beside the store, page by page through the file.</summary>
    private List<string> Stored()
    {
        using var stranger = Stranger();
        return [.. stranger.QueryText("select id from occurrences", 0).Order()];
    }
}
