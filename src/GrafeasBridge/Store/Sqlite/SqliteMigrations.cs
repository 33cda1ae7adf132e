using System.Globalization;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>Brings a file to this program's schema, one step per transaction: a crash in between leaves a whole older version.</summary>
internal static class SqliteMigrations
{
    /// <returns>Schema version before and now.</returns>
    /// <exception cref="StoreException">Broken: the file is newer than this program, or another program's.</exception>
    public static (long From, long To) Run(SqliteDatabase database, IReadOnlyList<string> steps)
    {
        var from = database.QueryNumber("pragma user_version");
        RefuseStrangers(database, from, steps.Count);
        for (var version = (int)from; version < steps.Count; version++)
            Apply(database, steps[version], version + 1);
        return (from, steps.Count);
    }

    private static void RefuseStrangers(SqliteDatabase database, long version, int newest)
    {
        var owner = database.QueryNumber("pragma application_id");
        var isEmpty = database.QueryNumber("select count(*) from sqlite_schema") == 0;
        if (owner != SqliteSchema.ApplicationId && !(owner == 0 && isEmpty))
        {
            throw new StoreException(
                StoreFailure.Broken, "The database file belongs to another program. Set Store:Path to a file of its own.");
        }

        if (version > newest)
        {
            throw new StoreException(
                StoreFailure.Broken,
                $"The database has schema version {version}, this program knows up to {newest}. Start the newer release that wrote it, "
                + "or restore a backup from before the upgrade.");
        }
    }

    private static void Apply(SqliteDatabase database, string step, int version)
    {
        database.Execute("begin immediate");
        try
        {
            database.Execute(step);
            database.Execute(string.Create(
                CultureInfo.InvariantCulture, $"pragma application_id = {SqliteSchema.ApplicationId}; pragma user_version = {version}"));
            database.Execute("commit");
        }
        catch
        {
            if (database.InTransaction)
                database.Execute("rollback");
            throw;
        }
    }
}
