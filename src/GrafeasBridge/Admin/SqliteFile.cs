using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;

namespace GrafeasBridge.Admin;

/// <summary>A store's file, as admin commands open it.</summary>
internal static class SqliteFile
{
    /// <summary>The file itself, as the store finds it.</summary>
    public static string PathOf(StoreOptions options) => SqliteStore.FinalPath(Path.GetFullPath(options.Path));

    public static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFailure.Unavailable, $"The directory of {path} cannot be made: {e.Message}", cause: e);
        }
    }

    /// <summary>A connection whose commits are on stable storage.</summary>
    public static SqliteDatabase OpenForWriting(string path)
    {
        var database = SqliteDatabase.Open(path, readOnly: false, SqliteStore.BusyTimeout);
        try
        {
            if (database.QueryText("pragma journal_mode = wal", 0) is not ["wal"])
                throw new StoreException(StoreFailure.Unavailable, $"The file system of {path} cannot hold a write-ahead log; choose a path on a local disk.");
            database.Execute("pragma synchronous = full; pragma cache_size = -65536; pragma temp_store = memory");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Verifies a file that no other process uses, and flushes it to the disk.</summary>
    /// <returns>Its schema version.</returns>
    /// <exception cref="StoreException">It is damaged, or not a store of this program.</exception>
    public static int CheckAndSync(string path)
    {
        int version;
        using (var database = SqliteDatabase.Open(path, readOnly: true, SqliteStore.BusyTimeout))
        {
            version = SqliteMigrations.Version(database, SqliteSchema.Steps.Count);
            var found = database.QueryText("pragma integrity_check(1)", 0);
            if (found is not ["ok"])
                throw new StoreException(StoreFailure.Broken, $"The file is damaged ({string.Join("; ", found)}).");
        }

        if (version == 0)
            throw new StoreException(StoreFailure.Broken, "The file holds no store.");
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
        return version;
    }

    /// <summary>Removes an unfinished file with the files that SQLite may have made beside it.</summary>
    public static void Remove(string path)
    {
        foreach (var file in new[] { path, path + "-wal", path + "-shm", path + "-journal" })
            File.Delete(file);
    }

    /// <summary>Renames a finished file; fails when the name was taken meanwhile.</summary>
    public static void GiveName(string path, string name)
    {
        try
        {
            File.Move(path, name, overwrite: false);
        }
        catch (IOException e) when (File.Exists(name))
        {
            throw new AdminException(AdminExit.Refused, $"{name} has come into being meanwhile and is left alone: {e.Message}");
        }
    }
}

/// <summary>How a store is named in messages: never with a password.</summary>
internal static class StoreName
{
    public static string Of(StoreOptions options)
    {
        if (options.Provider == StoreOptions.Sqlite)
            return $"sqlite:{SqliteFile.PathOf(options)}";
        var connection = Store.Postgres.PostgresDatabase.Complete(options);
        var schema = string.IsNullOrEmpty(connection.SearchPath) ? "" : $" ({connection.SearchPath})";
        return $"postgres:{connection.Host}:{connection.Port}/{connection.Database}{schema}";
    }
}
