using System.Globalization;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace GrafeasBridge.Admin;

/// <summary>
/// <c>admin backup</c>: one moment of a SQLite store, whole, in a file of its own, while a bridge goes on writing. SQLite's page-wise backup
/// begins anew with each commit of another process, so under load it might never end; <c>vacuum into</c> reads one snapshot.
/// </summary>
internal sealed class BackupVerb(StoreOptions options, AdminScreen screen)
{
    private static readonly Sql Into = new("vacuum into ?");

    public int Run(string to, CancellationToken cancellationToken)
    {
        SqliteOnly.Require(options, "backup", "pg_dump");
        var (from, file) = (SqliteFile.PathOf(options), Path.GetFullPath(to));
        if (!File.Exists(from))
            throw AdminException.Refused($"There is no store at {from}. Set Store:Path to the one to back up.");
        if (Path.Exists(file))
            throw AdminException.Refused($"{file} is there already and is not overwritten. Choose another name.");
        SqliteFile.MakeFolder(file);
        var unfinished = string.Create(CultureInfo.InvariantCulture, $"{file}.unfinished-{Environment.ProcessId}");
        try
        {
            Write(from, unfinished, cancellationToken);
            var version = SqliteFile.CheckAndSync(unfinished);
            SqliteFile.GiveName(unfinished, file);
            screen.Line($"Backed {from} up into {file}: {new FileInfo(file).Length.ToString("N0", CultureInfo.InvariantCulture)} bytes, schema version {version}, checked.");
            return AdminExit.Done;
        }
        finally
        {
            SqliteFile.Remove(unfinished);
        }
    }

    private static void Write(string from, string to, CancellationToken cancellationToken)
    {
        // It holds the signing keys, so only the owner may read it, from its first byte. SQLite writes into an empty file that is there.
        var empty = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            empty.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(to, empty).Dispose();
        using var database = SqliteDatabase.Open(from, readOnly: true, SqliteStore.BusyTimeout);
        _ = SqliteMigrations.Version(database, SqliteSchema.Steps.Count);
        using var stop = cancellationToken.Register(database.Interrupt);
        try
        {
            database.Use(Into).Add(to).Run();
        }
        catch (SqliteException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }
}

/// <summary><c>admin restore</c>: a backup becomes the store, where none is.</summary>
internal sealed class RestoreVerb(StoreOptions options, AdminScreen screen)
{
    public int Run(string from, CancellationToken cancellationToken)
    {
        SqliteOnly.Require(options, "restore", "pg_restore");
        var (file, to) = (Path.GetFullPath(from), SqliteFile.PathOf(options));
        if (!File.Exists(file))
            throw AdminException.BadInput($"--from {file} is not there.");
        SqliteFile.MakeFolder(to);
        using var alone = SqliteFileLock.Take(to);
        // SQLite would replay a write-ahead log that an earlier file left behind into the new one.
        foreach (var there in new[] { to, to + "-wal", to + "-journal" }.Where(Path.Exists))
            throw AdminException.Refused($"{there} is there already and is not overwritten. Move it away, or set Store:Path to another file.");
        var unfinished = to + ".unfinished";
        try
        {
            File.Copy(file, unfinished, overwrite: true);
            cancellationToken.ThrowIfCancellationRequested();
            var version = SqliteFile.CheckAndSync(unfinished);
            SqliteFile.GiveName(unfinished, to);
            screen.Line($"Restored {to} from {file}: schema version {version}, checked.");
            return AdminExit.Done;
        }
        finally
        {
            SqliteFile.Remove(unfinished);
        }
    }
}

/// <summary>Commands for SQLite only: PostgreSQL has its own tools for these.</summary>
internal static class SqliteOnly
{
    public static void Require(StoreOptions options, string verb, string program)
    {
        if (options.Provider != StoreOptions.Sqlite)
            throw AdminException.BadInput($"'admin {verb}' is for SQLite. For PostgreSQL use {program}; src/GrafeasBridge/Admin/README.md has the whole command.");
    }
}
