using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Admin;

/// <summary>The commands that the page of the room gives for PostgreSQL, run for real.</summary>
public sealed class PostgresBackupTests : PostgresFixture
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dump_under_load_restores_to_a_store_with_all_that_was_acknowledged_before_it_began(bool hasDatabaseOfItsOwn)
    {
        using var folder = new TemporaryFolder();
        var (database, schema) = hasDatabaseOfItsOwn ? ("own_" + Schema, "public") : ("bridge", Schema);
        if (hasDatabaseOfItsOwn)
            await Server.ExecuteAsync($"create database {database}", "postgres");
        await using var store = await OpenAsync(database, schema);
        await store.EnsureTargetsAsync(["bintray"], Stop);
        await store.AddNotesAsync([new NewNote("ci", "builds", 2, [1])], Stop);
        using var enough = new CancellationTokenSource();
        var acknowledged = new ConcurrentQueue<string>();
        var senders = Enumerable.Range(0, 4).Select(_ => SendAsync(store, acknowledged, enough.Token)).ToList();
        while (acknowledged.Count < 300)
            await Task.Yield();
        string[] before = [.. acknowledged];
        string[] narrow = hasDatabaseOfItsOwn ? [] : ["--schema=" + schema];
        await RunAsync("pg_dump", ["--format=custom", .. narrow, $"--file={folder.File("bridge.dump")}", Address(database)]);
        var during = acknowledged.Count;
        await enough.CancelAsync();
        await Task.WhenAll(senders);
        Assert.True(during > before.Length, "creates went on meanwhile");

        var name = "restored_" + Schema;
        await Server.ExecuteAsync($"create database {name}", "postgres");
        await RunAsync("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", $"--dbname={Address(name)}", folder.File("bridge.dump"));
        var settings = $"--Store:Connection={Server.ConnectionString(schema).Replace("Database=bridge", $"Database={name}", StringComparison.Ordinal)}";
        var check = await AdminProcess.RunAsync("migrate", "--check", "--Store:Provider=Postgres", settings, "--Store:PasswordFile=" + Server.PasswordFile);
        Assert.True(check.Code == 0, check.Output + check.Errors);

        await using (var restored = await OpenAsync(name, schema))
        {
            foreach (var id in before)
                Assert.NotNull(await restored.FindOccurrenceAsync("ci", id, Stop));
            await restored.AddOccurrencesAsync([Occurrence("after the restore")], null, Stop);
            Assert.NotNull(await restored.FindOccurrenceAsync("ci", "after the restore", Stop));
        }

        await store.DisposeAsync();
        foreach (var made in hasDatabaseOfItsOwn ? new[] { name, database } : [name])
            await Server.ExecuteAsync($"drop database {made} with (force)", "postgres");
    }

    private string Address(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={Server.Port} user=bridge dbname={database}");

    private static async Task SendAsync(PostgresStore store, ConcurrentQueue<string> acknowledged, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var id = Guid.NewGuid().ToString("N");
            await store.AddOccurrencesAsync([Occurrence(id)], null, Stop);
            acknowledged.Enqueue(id);
        }
    }

    private static NewOccurrence Occurrence(string id) => new(
        "ci", id, "ci", "builds", 2, "https://acme-docker-images.bintray.io/team/web", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero),
        Encoding.UTF8.GetBytes(id), null, [1], new VersionResolution([new VersionCoordinates("acme", "images", "team/web", id)], [], [], [], "docker", null), null);

    private async Task RunAsync(string program, params string[] arguments)
    {
        var result = await ProgramRun.RunAsync(program, arguments, environment: [new("PGPASSWORD", await File.ReadAllTextAsync(Server.PasswordFile, Stop))]);
        Assert.True(result.Code == 0, result.Text);
    }
}
