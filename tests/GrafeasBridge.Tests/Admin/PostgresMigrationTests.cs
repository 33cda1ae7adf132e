using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using GrafeasBridge.Tests.Cli;
using Npgsql;

namespace GrafeasBridge.Tests.Admin;

/// <summary>Migrations where several bridges share a database that is in use.</summary>
public sealed class PostgresMigrationTests : PostgresHouse
{
    private const string Second =
        "alter table occurrences add column colour text; create table colours (name text primary key); update notes set kind = kind";

    private static IReadOnlyList<string> OneMore => [.. PostgresSchema.Steps, Second];

    private static int Today => PostgresSchema.Steps.Count;

    [Fact]
    public async Task Eight_bridges_and_two_commands_that_start_at_once_on_an_empty_database_all_succeed()
    {
        var commands = new[] { AdminProcess.RunAsync(["migrate", .. Settings]), AdminProcess.RunAsync(["migrate", .. Settings]) };
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAsync())));
        foreach (var store in stores)
        {
            await store.AddProjectAsync("p" + Array.IndexOf(stores, store), Stop);
            await store.DisposeAsync();
        }

        Assert.All(await Task.WhenAll(commands), ending => Assert.True(ending.Code == 0, ending.Output + ending.Errors));
        Assert.Equal(PostgresSchema.Steps.Count, await NumberAsync("select count(*) from grafeasbridge_schema"));
        Assert.Equal(8, await NumberAsync("select count(*) from projects"));
        Assert.InRange(Logs.Entries.Count(entry => entry.Event.Name == "PostgresMigrated"), 0, Today);
    }

    [Fact]
    public async Task A_step_is_taken_once_by_many_while_others_go_on_writing_and_reading()
    {
        await using (await OpenAsync())
        {
        }

        using var enough = new CancellationTokenSource();
        var traffic = Enumerable.Range(0, 4).Select(i => Task.Run(() => WriteAsync(i, enough.Token))).ToList();
        while (await NumberAsync("select count(*) from notes") < 50)
            await Task.Yield();
        var steps = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => MigrateAsync(OneMore))));
        var then = await NumberAsync("select count(*) from notes");
        while (await NumberAsync("select count(*) from notes") < then + 50)
            await Task.Yield();
        await enough.CancelAsync();

        var written = (await Task.WhenAll(traffic)).Sum();
        Assert.Equal(written, await NumberAsync("select count(*) from notes"));
        Assert.All(steps, step => Assert.Equal(Today + 1, step.To));
        Assert.Contains(steps, step => step.From == Today);
        Assert.Equal(Today + 1, await NumberAsync("select count(*) from grafeasbridge_schema"));
    }

    [Fact]
    public async Task A_step_that_breaks_off_leaves_the_version_before_whole_and_is_taken_later()
    {
        string[] broken = [.. OneMore, "create table half (a integer); select 1 / 0"];
        await Assert.ThrowsAsync<PostgresException>(() => MigrateAsync(broken));
        Assert.Equal(Today + 1, await NumberAsync("select max(version) from grafeasbridge_schema"));
        Assert.Equal(0, await NumberAsync($"select count(*) from pg_tables where schemaname = '{Schema}' and tablename = 'half'"));
        Assert.Equal(1, await NumberAsync($"select count(*) from pg_tables where schemaname = '{Schema}' and tablename = 'colours'"));
        Assert.Equal((Today + 1, Today + 2), await MigrateAsync([.. OneMore, "create table half (a integer)"]));
    }

    [Fact]
    public async Task A_process_that_dies_in_the_middle_of_a_step_holds_up_nobody()
    {
        await MigrateAsync(PostgresSchema.Steps);
        await using (var dying = await ConnectAsync())
        {
            await using var transaction = await dying.BeginTransactionAsync(Stop);
            await RunAsync(dying, PostgresMigrations.Lock);
            await RunAsync(dying, Second);
            var waiting = Task.Run(() => MigrateAsync(OneMore));
            while (await NumberAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted") == 0)
                await Task.Yield();
            Assert.False(waiting.IsCompleted);
            await Server.ExecuteAsync($"select pg_terminate_backend({dying.ProcessID})");
            Assert.Equal((Today, Today + 1), await waiting);
        }

        Assert.Equal(Today + 1, await NumberAsync("select count(*) from grafeasbridge_schema"));
    }

    [Fact]
    public async Task Outcomes_of_a_released_schema_get_the_names_they_have_today()
    {
        await MigrateAsync([.. PostgresSchema.Steps.Take(1)]);
        await Server.ExecuteAsync(RenamedOutcomes.Insert(1), schema: Schema);

        await MigrateAsync(PostgresSchema.Steps);
        var names = await Server.ExecuteAsync("select string_agg(outcome, ' ' order by seq) from versions", schema: Schema);
        Assert.Equal(string.Join(' ', RenamedOutcomes.Today), names);
    }

    [Fact]
    public async Task Packages_of_a_released_schema_get_the_names_that_they_have_in_the_world()
    {
        await MigrateAsync([.. PostgresSchema.Steps.Take(1)]);
        await Server.ExecuteAsync(
            "insert into packages (subject, repo, package) values "
            + "('acme', 'images', 'team:web'), ('acme', 'images', 'plain'), ('acme', 'maven', 'org.acme:web:core')",
            schema: Schema);

        await MigrateAsync(PostgresSchema.Steps);
        var names = await Server.ExecuteAsync("select string_agg(package, ' ' order by key) from packages", schema: Schema);
        Assert.Equal("team/web plain org.acme/web/core", names);
    }

    [Fact]
    public async Task The_command_has_an_answer_for_every_state_of_a_database()
    {
        var gbridge = new Gbridge().With("Store__PasswordFile", Server.PasswordFile).With("Store__Provider", "Postgres").With("Store__Connection", Server.ConnectionString(Schema));
        var empty = await gbridge.RunAsync("admin", "migrate", "--check");
        Assert.Equal(3, empty.Code);
        Assert.Contains($"has no tables yet. Steps 1 to {Today} are to be taken", empty.Output, StringComparison.Ordinal);
        Assert.Equal(0, await NumberAsync($"select count(*) from pg_tables where schemaname = '{Schema}'"));

        var done = await gbridge.RunAsync("admin", "migrate");
        Assert.True(done.Code == 0, done.Errors);
        Assert.Contains($"from schema version 0 to {Today}", done.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await gbridge.RunAsync("admin", "migrate", "--check")).Code);

        await Server.ExecuteAsync($"insert into {Schema}.grafeasbridge_schema (version) values (99)");
        var newer = await gbridge.RunAsync("admin", "migrate", "--check");
        Assert.Equal(6, newer.Code);
        Assert.Contains($"schema version 99, this program knows up to {Today}", newer.Errors, StringComparison.Ordinal);
        Assert.Equal(StoreFailure.Broken, (await Assert.ThrowsAsync<StoreException>(() => OpenAsync())).Failure);

        await Server.ExecuteAsync($"drop table {Schema}.grafeasbridge_schema");
        var strange = await gbridge.RunAsync("admin", "migrate");
        Assert.Equal(6, strange.Code);
        Assert.Contains("tables of another program", strange.Errors, StringComparison.Ordinal);

        var gone = await gbridge.With("Store__Connection", "Host=127.0.0.1;Port=1;Database=bridge;Username=bridge").RunAsync("admin", "migrate", "--check");
        Assert.Equal(4, gone.Code);
        Assert.Contains("cannot be used now", gone.Errors, StringComparison.Ordinal);
    }

    private async Task<(int From, int To)> MigrateAsync(IReadOnlyList<string> steps)
    {
        await using var connection = await ConnectAsync();
        return await PostgresMigrations.RunAsync(Session(connection), steps);
    }

    /// <returns>How many rows were acknowledged.</returns>
    private async Task<int> WriteAsync(int writer, CancellationToken enough)
    {
        await using var connection = await ConnectAsync();
        var written = 0;
        while (!enough.IsCancellationRequested)
        {
            var name = (writer * 1_000_000) + written;
            await RunAsync(connection, $"insert into notes (name, project, kind, content) values ({name}, 1, 2, 'x')");
            written++;
            await RunAsync(connection, $"update notes set kind = 3 where name = {name}");
            await RunAsync(connection, "select count(*) from occurrences");
        }

        return written;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
