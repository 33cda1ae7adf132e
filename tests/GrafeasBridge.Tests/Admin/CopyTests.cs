using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Tests.Cli;
using GrafeasBridge.Tests.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PostgresStore = GrafeasBridge.Store.Postgres.PostgresStore;

namespace GrafeasBridge.Tests.Admin;

/// <summary><c>gbridge admin copy</c>, as a process, between real databases.</summary>
public sealed class CopyTests : CopyFixture
{
    private string Back => Path.Combine(Files.Folder.FullName, "back.db");

    [Fact]
    public async Task A_store_that_goes_to_PostgreSQL_and_back_is_the_same_in_every_row_and_counter()
    {
        await FillAsync(new Random(Seeds.Next()), 300);
        await Backend.CloseAsync();
        var dump = Dump.OfSqlite(Files.File);

        await DoneAsync(await new Gbridge().RunAsync("admin", "copy", "--from", Sqlite, "--to", Postgres, Password));
        Assert.Equal(dump, Dump.OfSqlite(Files.File));
        Assert.True(await Dump.RowsAsync(Server, Schema, "compacted_occurrences") > 0, "something was compacted");
        await DoneAsync(await new Gbridge().RunAsync("admin", "copy", "--from", Postgres, "--to", "sqlite:" + Back, Password));
        Assert.Equal(dump, Dump.OfSqlite(Back));

        Store = await Backend.OpenAsync(Clock, Factory, Targets, new KeyValuePair<string, string?>("Store:Path", Back));
        var back = await Store.ListOccurrencesAsync("ci", 0, 1000, Stop);
        await ReopenAsync();
        Assert.Equal((await Store.ListOccurrencesAsync("ci", 0, 1000, Stop)).Select(item => item.Sequence), back.Select(item => item.Sequence));
        await using var postgres = await OpenPostgresAsync();
        var there = await postgres.ListOccurrencesAsync("ci", 0, 1000, Stop);
        Assert.Equal(back.Select(item => Convert.ToHexString(item.Message.Content)), there.Select(item => Convert.ToHexString(item.Message.Content)));
    }

    [Fact]
    public async Task What_is_created_after_a_copy_takes_no_number_of_what_was_deleted_before()
    {
        await FillAsync(new Random(Seeds.Next()), 60);
        await Backend.CloseAsync();
        long counter;
        using (var file = Stranger())
            counter = file.QueryNumber("select seq from sqlite_sequence where name = 'occurrences'");
        await DoneAsync(await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", Postgres, Password));

        await using var store = await OpenPostgresAsync();
        var before = (await store.ListOccurrencesAsync("ci", 0, 1000, Stop)).Count;
        await store.AddOccurrencesAsync([Occurrence(Names(Web("new"))) with { Id = "fresh" }], null, Stop);
        Assert.Single(await store.ListOccurrencesAsync("ci", counter, 1000, Stop));
        Assert.Equal(before + 1, (await store.ListOccurrencesAsync("ci", 0, 1000, Stop)).Count);
        Assert.NotNull(await store.FindVersionAsync("bintray", Web("new"), Stop));
    }

    [Fact]
    public async Task A_copy_that_is_killed_again_and_again_goes_on_and_ends_the_same()
    {
        var random = new Random(Seeds.Next());
        await FillAsync(random, 50);
        await Backend.CloseAsync();
        Multiply(60_000);
        var dump = Dump.OfSqlite(Files.File);

        var kills = await KillAsync(random, () => RowsOfPostgresAsync(), "copy", "--from", Sqlite, "--to", Postgres, Password);
        kills += await KillAsync(random, () => Task.FromResult(RowsOfSqlite()), "copy", "--from", Postgres, "--to", "sqlite:" + Back, Password);
        Assert.True(kills >= 4, $"only {kills} were killed on their way");
        Assert.Equal(dump, Dump.OfSqlite(Back));
    }

    [Fact]
    public async Task A_row_that_is_not_the_same_is_noticed_named_and_leaves_the_copy_unfinished()
    {
        await FillAsync(new Random(Seeds.Next()), 50);
        await Backend.CloseAsync();
        await BeginAsync();
        await Server.ExecuteAsync($"update {Schema}.versions set attempts = attempts + 1 where seq = 3");
        var changed = await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", Postgres, Password);
        Assert.Equal(3, changed.Code);
        Assert.Contains("versions (seq 3) differs in column attempts", changed.Errors, StringComparison.Ordinal);

        await Server.ExecuteAsync($"update {Schema}.versions set attempts = attempts - 1 where seq = 3; delete from {Schema}.links where occurrence = 7");
        await Server.ExecuteAsync($"insert into {Schema}.commits values ('another', 1)");
        var lost = await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", Postgres, Password);
        Assert.Equal(3, lost.Code);
        Assert.Matches("(links|commits) .*in (one store|the copy) only", lost.Errors);
        Assert.Equal(6, (await AdminProcess.RunAsync(["migrate", "--check", .. OnPostgres()])).Code);
    }

    [Fact]
    public async Task No_bridge_starts_on_an_unfinished_copy_of_either_kind()
    {
        await AddNoteAsync();
        await Backend.CloseAsync();
        await BeginAsync();
        var refusal = await RefusedAsync(StoreFailure.Broken, () => OpenPostgresAsync());
        Assert.Contains("unfinished copy", refusal.Message, StringComparison.Ordinal);
        var migrate = await new Gbridge().RunAsync(["admin", "migrate", .. OnPostgres()]);
        Assert.Equal(6, migrate.Code);
        Assert.Contains("Run the same 'gbridge admin copy' again", migrate.Errors, StringComparison.Ordinal);

        using (var file = Stranger())
        {
            file.Execute("create table grafeasbridge_copy (source text not null); insert into grafeasbridge_copy values ('postgres:else')");
            file.Execute($"pragma application_id = {SqliteSchema.UnfinishedCopyId.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
        }

        Assert.Contains("unfinished copy", (await RefusedAsync(StoreFailure.Broken, () => ReopenAsync())).Message, StringComparison.Ordinal);
        var other = await AdminProcess.RunAsync("copy", "--from", Postgres, "--to", Sqlite, Password);
        Assert.Equal(6, other.Code); // the source is unfinished itself
    }

    [Fact]
    public async Task What_cannot_be_copied_is_refused_before_anything_is_written()
    {
        await AddNoteAsync();
        var busy = await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", Postgres, Password);
        Assert.Equal(4, busy.Code);
        Assert.Contains("in use by another bridge", busy.Errors, StringComparison.Ordinal);

        await Backend.CloseAsync();
        var same = await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", "sqlite:" + Back);
        Assert.Equal(2, same.Code);
        var secret = await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", Postgres + ";Password=open");
        Assert.Equal(2, secret.Code);
        Assert.DoesNotContain("open", secret.Errors, StringComparison.Ordinal);

        await using (await OpenPostgresAsync())
        {
            // A bridge has been here: its targets are.
        }

        var full = await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", Postgres, Password);
        Assert.Equal(3, full.Code);
        Assert.Contains("is not empty: targets has rows", full.Errors, StringComparison.Ordinal);

        using (var file = Stranger())
            file.Execute("pragma user_version = 3");
        var old = await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", Postgres, Password);
        Assert.Equal(3, old.Code);
        Assert.Contains("Run 'admin migrate' on it first", old.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_PostgreSQL_cannot_keep_is_refused_with_its_table_key_and_column()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence() with { ResourceUri = "before\0after" });
        await Backend.CloseAsync();
        var ending = await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", Postgres, Password);
        Assert.Equal(3, ending.Code);
        Assert.Contains("occurrences (seq 1), column resource_uri, holds a text with a NUL", ending.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await Dump.RowsAsync(Server, Schema, "occurrences"));
    }

    [Fact]
    public async Task A_bridge_that_writes_to_PostgreSQL_waits_until_the_copy_has_read_it()
    {
        await using var store = await OpenPostgresAsync();
        await store.AddProjectAsync("before", Stop);
        await using var writer = await Server.ConnectAsync(schema: Schema);
        await using var open = await writer.BeginTransactionAsync(Stop);
        await using (var command = new Npgsql.NpgsqlCommand("insert into project_names (name) values ('late')", writer, open))
            await command.ExecuteNonQueryAsync(Stop);
        var ending = await AdminProcess.RunAsync("copy", "--from", Postgres, "--to", "sqlite:" + Back, Password);
        Assert.Equal(4, ending.Code);
        Assert.Contains("Stop every bridge", ending.Errors, StringComparison.Ordinal);
        await open.RollbackAsync(Stop);
        await DoneAsync(await AdminProcess.RunAsync("copy", "--from", Postgres, "--to", "sqlite:" + Back, Password));
    }

    [Fact]
    public async Task At_a_terminal_a_bar_moves_and_in_a_pipe_lines_tell_each_table()
    {
        await FillAsync(new Random(Seeds.Next()), 20);
        await Backend.CloseAsync();
        var plain = await new Gbridge().RunAsync("admin", "copy", "--from", Sqlite, "--to", Postgres, Password);
        await DoneAsync(plain);
        Assert.Contains("occurrences: ", plain.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', plain.Output);

        var command = string.Join(' ', new[] { "dotnet", Gbridge.Assembly, "admin", "copy", "--from", Postgres, "--to", "sqlite:" + Back, Password }.Select(word => $"'{word}'"));
        var shown = await ProgramRun.RunAsync("script", ["-qec", command, "/dev/null"]);
        Assert.True(shown.Code == 0, shown.Text);
        Assert.Contains("\r[", shown.Output, StringComparison.Ordinal);
        Assert.Contains("comparing occurrences", shown.Output, StringComparison.Ordinal);
    }

    private string[] OnPostgres() =>
        [.. Server.Settings(Schema).Select(setting => $"--{setting.Key}={setting.Value}")];

    private static Task DoneAsync(ProgramResult ending)
    {
        Assert.True(ending.Code == 0, $"{ending.Code}: {ending.Output}{ending.Errors}");
        return Task.CompletedTask;
    }

    private async Task<PostgresStore> OpenPostgresAsync()
    {
        var options = Options.Create(new StoreOptions { Provider = "Postgres", Connection = Server.ConnectionString(Schema), PasswordFile = Server.PasswordFile });
        var store = new PostgresStore(options, new ConfiguredTargets(Targets), TimeProvider.System, NullLogger<PostgresStore>.Instance);
        await store.OpenAsync(Stop);
        return store;
    }

    /// <summary>A copy that is there in full but for its end.</summary>
    private async Task BeginAsync()
    {
        await DoneAsync(await AdminProcess.RunAsync("copy", "--from", Sqlite, "--to", Postgres, Password));
        await Server.ExecuteAsync($"create table {Schema}.grafeasbridge_copy (source text not null); insert into {Schema}.grafeasbridge_copy values ('{Sqlite}')");
    }

    /// <summary>More rows than fit into a chunk, in three tables.</summary>
    private void Multiply(int rows)
    {
        using var file = Stranger();
        file.Execute(
            $"""
            begin;
            with recursive n (i) as (select 1 union all select i + 1 from n where i < {rows})
            insert into digests (digest) select 'sha256:' || i from n;
            insert into commits select 'c' || (key / 3), key from digests;
            insert into links select key, 1, key, key % 3 from digests where key > 1000;
            commit
            """);
    }

    private async Task<long> RowsOfPostgresAsync()
    {
        var rows = 0L;
        foreach (var table in new[] { "digests", "commits", "links" })
        {
            if (await Server.ExecuteAsync($"select to_regclass('{Schema}.{table}')::text") is string)
                rows += await Dump.RowsAsync(Server, Schema, table);
        }

        return rows;
    }

    private long RowsOfSqlite()
    {
        if (!File.Exists(Back))
            return 0;
        using var file = SqliteDatabase.Open(Back, readOnly: true, TimeSpan.FromSeconds(5));
        return file.QueryNumber("pragma user_version") < SqliteSchema.Steps.Count
            ? 0
            : new[] { "digests", "commits", "links" }.Sum(table => file.QueryNumber($"select count(*) from {table}"));
    }

    /// <summary>Kills a copy when it has come to a random row, three times, and once while it compares; then lets it end.</summary>
    private static async Task<int> KillAsync(Random random, Func<Task<long>> rows, params string[] copy)
    {
        var kills = 0;
        for (var from = 0L; kills < 4;)
        {
            var until = kills < 3 ? from + random.Next(40_000) : 179_000;
            await using var running = AdminProcess.Start(copy);
            while (!running.HasEnded && (from = await rows()) < until)
                await Task.Yield();
            if (running.HasEnded)
                break;
            await running.KillAsync();
            kills++;
        }

        await DoneAsync(await AdminProcess.RunAsync(copy));
        return kills;
    }
}
