using System.Globalization;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>Brings a file to this program's schema, one step per transaction: a crash in between leaves a whole older version.</summary>
internal static class SqliteMigrations
{
    /// <returns>Schema version before and now.</returns>
    /// <exception cref="StoreException">Broken: the file is newer than this program, or another program's.</exception>
    public static (int From, int To) Run(SqliteDatabase database, IReadOnlyList<string> steps)
    {
        var from = Version(database, steps.Count);
        for (var version = from; version < steps.Count; version++)
            Apply(database, steps[version], version + 1);
        return (from, steps.Count);
    }

    /// <summary>Which schema the file has; changes nothing.</summary>
    /// <exception cref="StoreException">Broken, as for <see cref="Run"/>.</exception>
    public static int Version(SqliteDatabase database, int newest)
    {
        var version = (int)database.QueryNumber("pragma user_version");
        var owner = database.QueryNumber("pragma application_id");
        if (owner == SqliteSchema.UnfinishedCopyId)
            throw UnfinishedCopy.Refusal();
        var isEmpty = database.QueryNumber("select count(*) from sqlite_schema") == 0;
        if (owner != SqliteSchema.ApplicationId && !(owner == 0 && isEmpty))
        {
            throw new StoreException(
                StoreFailure.Broken, "The database file belongs to another program. Set Store:Path to a file of its own.");
        }

        if (version > newest)
            throw StoreRefusals.NewerSchema(version, newest);

        return version;
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
