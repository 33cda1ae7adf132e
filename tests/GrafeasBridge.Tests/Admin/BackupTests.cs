using System.Collections.Concurrent;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Cli;
using GrafeasBridge.Tests.Store;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Admin;

/// <summary><c>gbridge admin backup</c> and <c>restore</c> of a SQLite store in use.</summary>
[RunIn(LongerRun.Default)]
public sealed class BackupTests : SqliteHouse
{
    private string Copy => Path.Combine(Files.Folder.FullName, "backups", "monday.db");

    private string Store2 => Path.Combine(Files.Folder.FullName, "restored", "bridge.db");

    private string Here => "--Store:Path=" + Files.File;

    [Fact]
    public async Task A_backup_under_load_restores_to_a_store_with_all_that_was_acknowledged_before_it_began()
    {
        await AddNoteAsync();
        using var enough = new CancellationTokenSource();
        var acknowledged = new ConcurrentQueue<string>();
        var senders = Enumerable.Range(0, 4).Select(_ => SendAsync(acknowledged, enough.Token)).ToList();
        while (acknowledged.Count < 500)
            await Task.Yield();
        string[] before = [.. acknowledged];

        var backup = await new Gbridge().RunAsync("admin", "backup", "--to", Copy, Here);
        Assert.True(backup.Code == 0, backup.Output + backup.Errors);
        var during = acknowledged.Count;
        await enough.CancelAsync();
        await Task.WhenAll(senders);
        Assert.True(during > before.Length, "creates went on meanwhile");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Copy));
        Assert.Equal([Copy], Directory.GetFiles(Path.GetDirectoryName(Copy)!));

        var restore = await new Gbridge().RunAsync("admin", "restore", "--from", Copy, "--Store:Path=" + Store2);
        Assert.True(restore.Code == 0, restore.Output + restore.Errors);
        var restored = await Backend.OpenAsync(Clock, Factory, Targets, new KeyValuePair<string, string?>("Store:Path", Store2));
        foreach (var id in before)
            Assert.NotNull(await restored.FindOccurrenceAsync("ci", id, Stop));
        var all = await restored.ListOccurrencesAsync("ci", 0, 1_000_000, Stop);
        Assert.Equal(all.Count, (await restored.ListVersionsAsync(new VersionFilter(State: DeliveryState.Pending), 0, 1_000_000, Stop)).Count);
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_nothing_that_is_no_store_is_taken_for_one()
    {
        await AddNoteAsync();
        Assert.Equal(0, (await AdminProcess.RunAsync("backup", "--to", Copy, Here)).Code);
        var again = await AdminProcess.RunAsync("backup", "--to", Copy, Here);
        Assert.Equal(3, again.Code);
        Assert.Contains("is there already and is not overwritten", again.Errors, StringComparison.Ordinal);

        var busy = await AdminProcess.RunAsync("restore", "--from", Copy, Here);
        Assert.Equal(4, busy.Code);
        await Backend.CloseAsync();
        var there = await AdminProcess.RunAsync("restore", "--from", Copy, Here);
        Assert.Equal(3, there.Code);
        File.Move(Files.File, Files.File + "-old");
        await File.WriteAllTextAsync(Wal, "of the old one", Stop);
        Assert.Contains("bridge.db-wal is there already", (await AdminProcess.RunAsync("restore", "--from", Copy, Here)).Errors, StringComparison.Ordinal);
        File.Delete(Wal);

        var damaged = Path.Combine(Files.Folder.FullName, "damaged.db");
        var bytes = await File.ReadAllBytesAsync(Copy, Stop);
        bytes.AsSpan(8192, 8192).Fill(7);
        await File.WriteAllBytesAsync(damaged, bytes, Stop);
        Assert.Equal(6, (await AdminProcess.RunAsync("restore", "--from", damaged, Here)).Code);
        await File.WriteAllTextAsync(damaged, "", Stop);
        Assert.Equal(6, (await AdminProcess.RunAsync("restore", "--from", damaged, Here)).Code);
        Assert.False(File.Exists(Files.File));
        Assert.Equal(0, (await AdminProcess.RunAsync("restore", "--from", Copy, Here)).Code);
        await ReopenAsync();
        Assert.NotNull(await Store.FindNoteAsync("ci", "builds", Stop));
    }

    [Fact]
    public async Task A_backup_of_PostgreSQL_is_left_to_its_own_program_with_a_sentence()
    {
        var ending = await AdminProcess.RunAsync("backup", "--to", Copy, "--Store:Provider=Postgres", "--Store:Connection=Host=localhost;Database=b;Username=b");
        Assert.Equal(2, ending.Code);
        Assert.Contains("use pg_dump", ending.Errors, StringComparison.Ordinal);
    }

    private async Task SendAsync(ConcurrentQueue<string> acknowledged, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var occurrence = Occurrence(Names(Web(Guid.NewGuid().ToString("N"))));
            await AddAsync(occurrence);
            acknowledged.Enqueue(occurrence.Id);
        }
    }
}
