using System.Globalization;
using Npgsql;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Brings a database to this program's schema, one step per transaction: what ends in between leaves a whole older version. Bridges that
/// start at once take turns by a lock of the database.
/// </summary>
internal static class PostgresMigrations
{
    /// <summary>The table that says which steps were taken.</summary>
    public const string Journal = "grafeasbridge_schema";

    private const string MakeJournal =
        $"create table if not exists {Journal} (version integer primary key, applied_at timestamptz not null default clock_timestamp())";

    // The lock is of the schema, since one database may hold several.
    public const string Lock = "select pg_advisory_xact_lock(hashtextextended('grafeasbridge schema ' || current_schema(), 0))";

    private const string FindUnfinishedCopy =
        $"select 1 from pg_tables where schemaname = current_schema() and tablename = '{UnfinishedCopy.Table}'";

    private const string CountTables = "select count(*) from pg_tables where schemaname = current_schema()";

    /// <returns>Schema version before and now.</returns>
    /// <exception cref="StoreException">Broken: the database is newer than this program, or another program's.</exception>
    public static async Task<(int From, int To)> RunAsync(PostgresSession session, IReadOnlyList<string> steps)
    {
        int? from = null;
        for (var isDone = false; !isDone;)
        {
            await using var transaction = await session.Connection.BeginTransactionAsync(session.Cancelled);
            // Waiting for a step of another bridge may take as long as the step does.
            await ExecuteAsync(session, "set local lock_timeout = 0; set local statement_timeout = 0");
            await ExecuteAsync(session, Lock);
            var version = await VersionAsync(session, steps.Count);
            from ??= version;
            isDone = version == steps.Count;
            if (!isDone)
                await ApplyAsync(session, steps[version], version + 1);
            await transaction.CommitAsync(session.Cancelled);
        }

        return (from ?? 0, steps.Count);
    }

    /// <summary>Which schema the database has; changes nothing.</summary>
    /// <exception cref="StoreException">Broken, as for <see cref="RunAsync"/>.</exception>
    public static async Task<int> VersionAsync(PostgresSession session, int newest)
    {
        if (await session.Use(FindUnfinishedCopy).NumberAsync() is not null)
            throw UnfinishedCopy.Refusal();
        if (await session.Use($"select 1 where to_regclass('{Journal}') is not null").NumberAsync() is null)
        {
            if (await session.Use(CountTables).NumberAsync() > 0)
                throw new StoreException(StoreFailure.Broken, "The database holds tables of another program. Set Store:Connection to a database, or a Search Path, of its own.");
            return 0;
        }

        var version = (int)(await session.Use($"select coalesce(max(version), 0) from {Journal}").NumberAsync() ?? 0);
        if (version > newest)
            throw StoreRefusals.NewerSchema(version, newest);

        return version;
    }

    private static async Task ApplyAsync(PostgresSession session, string step, int version)
    {
        await ExecuteAsync(session, MakeJournal);
        await ExecuteAsync(session, step);
        await ExecuteAsync(session, string.Create(CultureInfo.InvariantCulture, $"insert into {Journal} (version) values ({version})"));
    }

    private static async Task ExecuteAsync(PostgresSession session, string text)
    {
        await using var command = new NpgsqlCommand(text, session.Connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(session.Cancelled);
    }
}
