using GrafeasBridge.Store;
using GrafeasBridge.Store.Postgres;
using GrafeasBridge.Store.Sqlite;

namespace GrafeasBridge.Admin;

/// <summary><c>admin migrate</c>: the migration steps that a bridge runs when it opens its store, run now or only listed.</summary>
internal sealed class MigrateVerb(StoreOptions options, AdminScreen screen)
{
    public async Task<int> RunAsync(bool check, CancellationToken cancellationToken)
    {
        var name = StoreName.Of(options);
        if (check)
        {
            return options.Provider == StoreOptions.Sqlite
                ? Report(name, SqliteVersion(), SqliteSchema.Steps.Count)
                : Report(name, await OnPostgresAsync(session => PostgresMigrations.VersionAsync(session, PostgresSchema.Steps.Count), cancellationToken), PostgresSchema.Steps.Count);
        }

        var (from, to) = options.Provider == StoreOptions.Sqlite
            ? MigrateSqlite()
            : await OnPostgresAsync(session => PostgresMigrations.RunAsync(session, PostgresSchema.Steps), cancellationToken);
        screen.Line(from == to ? $"{name} has schema version {to} already." : $"Brought {name} from schema version {from} to {to}.");
        return AdminExit.Done;
    }

    private int Report(string name, int version, int newest)
    {
        if (version == newest)
        {
            screen.Line($"{name} has schema version {version}, which is this program's.");
            return AdminExit.Done;
        }

        screen.Line(version == 0
            ? $"{name} has no tables yet. {Steps(version, newest)} to be taken."
            : $"{name} has schema version {version}, this program has {newest}. {Steps(version, newest)} to be taken.");
        screen.Line("'admin migrate' takes them, or the next start of a bridge. An earlier release cannot open the store afterwards: back it up before.");
        return AdminExit.Refused;
    }

    private static string Steps(int version, int newest) =>
        version + 1 == newest ? $"Step {newest} is" : $"Steps {version + 1} to {newest} are";

    private int SqliteVersion()
    {
        var path = SqliteFile.PathOf(options);
        if (!File.Exists(path))
            return 0;
        using var database = SqliteDatabase.Open(path, readOnly: true, SqliteStore.BusyTimeout);
        return SqliteMigrations.Version(database, SqliteSchema.Steps.Count);
    }

    private (int From, int To) MigrateSqlite()
    {
        var path = SqliteFile.PathOf(options);
        SqliteFile.MakeFolder(path);
        using var alone = SqliteFileLock.Take(path);
        using var database = SqliteFile.OpenForWriting(path);
        return SqliteMigrations.Run(database, SqliteSchema.Steps);
    }

    private async Task<T> OnPostgresAsync<T>(Func<PostgresSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var database = new PostgresDatabase(options);
        await using var connection = await database.OpenAsync(cancellationToken);
        var session = new PostgresSession(connection, new StoreClock(TimeProvider.System, follows: false), targets: [], cancellationToken);
        await PostgresPromises.CheckAsync(session);
        return await work(session);
    }
}
