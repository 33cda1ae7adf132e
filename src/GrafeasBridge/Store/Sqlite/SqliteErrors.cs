using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>What SQLite's result codes mean to a caller: the one place where they become refusals.</summary>
internal static class SqliteErrors
{
    public static SqliteException From(sqlite3? database, int code)
    {
        var extended = database is null ? code : raw.sqlite3_extended_errcode(database);
        var message = raw.sqlite3_errstr(code).utf8_to_string();
        var detail = database is null ? message : raw.sqlite3_errmsg(database).utf8_to_string();
        return new SqliteException($"SQLite error {extended}: {message} ({detail})", code & 0xff, extended);
    }

    /// <returns>The refusal for a failure of the disk or the file; null for an error of this program.</returns>
    public static StoreException? ToRefusal(SqliteException error) => error.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => Unavailable("the disk that holds it is full", error),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Unavailable("another program holds a lock on its file", error),
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => Unavailable("its file is read-only", error),
        raw.SQLITE_IOERR or raw.SQLITE_PROTOCOL => Unavailable("its disk reports an input/output error", error),
        raw.SQLITE_CANTOPEN => Unavailable("its file cannot be opened", error),
        raw.SQLITE_NOMEM => Unavailable("there is not enough memory", error),
        raw.SQLITE_CORRUPT => Broken("its file is damaged", error),
        raw.SQLITE_NOTADB => Broken("its file is not a SQLite database", error),
        _ => null,
    };

    /// <summary>True when a fresh connection may be better off than the one that saw the error.</summary>
    public static bool SpoilsConnection(SqliteException error) =>
        error.SqliteErrorCode is not (raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_CONSTRAINT);

    private static StoreException Unavailable(string why, Exception cause) =>
        new(StoreFailure.Unavailable, $"The database cannot be used now: {why}.", cause: cause);

    private static StoreException Broken(string why, Exception cause) =>
        new(StoreFailure.Broken, $"The database cannot be used: {why}. Restore it from a backup.", cause: cause);
}
