using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>One connection with its prepared commands. For one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int CacheWrites = 9;
    private static readonly Sql Begin = new("begin");
    private static readonly Sql End = new("rollback");
    private readonly sqlite3 handle;
    private SqliteStatement?[] statements = new SqliteStatement?[64];

    private SqliteDatabase(sqlite3 handle) => this.handle = handle;

    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    public bool IsReadOnly => raw.sqlite3_db_readonly(handle, "main") != 0;

    /// <summary>Rows changed by the last command.</summary>
    public int Changes => raw.sqlite3_changes(handle);

    /// <summary>Rows changed since the connection was opened.</summary>
    public int TotalChanges => raw.sqlite3_total_changes(handle);

    public long LastInsertId => raw.sqlite3_last_insert_rowid(handle);

    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static SqliteDatabase Open(string path, bool readOnly, TimeSpan busyTimeout)
    {
        Batteries_V2.Init();
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            using (handle)
                throw SqliteErrors.From(handle, code);
        }

        var database = new SqliteDatabase(handle);
        raw.sqlite3_extended_result_codes(handle, 1);
        raw.sqlite3_busy_timeout(handle, (int)busyTimeout.TotalMilliseconds);
        return database;
    }

    /// <summary>The prepared form of a command, ready for its values.</summary>
    public SqliteStatement Use(Sql sql)
    {
        if (sql.Number >= statements.Length)
            Array.Resize(ref statements, Math.Max(sql.Number + 1, statements.Length * 2));
        return statements[sql.Number] ??= Prepare(sql.Text);
    }

    /// <summary>Runs a script, or a command that is needed once.</summary>
    public void Execute(string script)
    {
        var code = raw.sqlite3_exec(handle, script);
        if (code != raw.SQLITE_OK)
            throw Error(code);
    }

    /// <summary>The number that a pragma or a query answers.</summary>
    public long QueryNumber(string query)
    {
        var statement = Prepare(query);
        try
        {
            return statement.RunForNumber() ?? 0;
        }
        finally
        {
            statement.Free();
        }
    }

    /// <summary>Runs a query once and gives one text column of it.</summary>
    public List<string> QueryText(string query, int column)
    {
        var statement = Prepare(query);
        try
        {
            var lines = new List<string>();
            while (statement.Step())
                lines.Add(statement.Text(column));
            return lines;
        }
        finally
        {
            statement.Free();
        }
    }

    /// <summary>Runs several reads that must see the same state.</summary>
    public T InSnapshot<T>(Func<T> read)
    {
        Use(Begin).Run();
        try
        {
            return read();
        }
        finally
        {
            Use(End).Run();
        }
    }

    /// <summary>Breaks off what runs, from another thread: it fails with SQLITE_INTERRUPT.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(handle);

    public void SetBusyTimeout(TimeSpan timeout) => raw.sqlite3_busy_timeout(handle, (int)timeout.TotalMilliseconds);

    /// <summary>Moves frames of the log into the database file.</summary>
    /// <param name="mode">One of raw.SQLITE_CHECKPOINT_*.</param>
    /// <returns>Frames in the log, frames moved so far, and whether somebody was in the way.</returns>
    public (int Frames, int Moved, bool Busy) Checkpoint(int mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(handle, "main", mode, out var frames, out var moved);
        if (code is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
            throw Error(code);
        return (frames, moved, code == raw.SQLITE_BUSY);
    }

    /// <summary>Pages that this connection has written since it was asked last.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(handle, CacheWrites, out var written, out _, 1);
        return written;
    }

    public SqliteException Error(int code) => SqliteErrors.From(handle, code);

    public void Dispose()
    {
        foreach (var statement in statements)
            statement?.Free();
        handle.Dispose();
    }

    private SqliteStatement Prepare(string text)
    {
        var code = raw.sqlite3_prepare_v3(handle, text, raw.SQLITE_PREPARE_PERSISTENT, out var statement);
        return code == raw.SQLITE_OK ? new SqliteStatement(this, statement) : throw Error(code);
    }
}
