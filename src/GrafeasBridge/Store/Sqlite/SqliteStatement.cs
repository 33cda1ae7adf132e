using System.Buffers;
using System.Text;
using SQLitePCL;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// A prepared command of one connection. Values are added in the order of the parameters; disposing ends the run and keeps
/// the command prepared. It speaks to SQLite without the ADO layer, which costs several times what the statement does.
/// </summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt handle) : IStoredRow, IDisposable
{
    private const int StackBytes = 512;
    private int bound;

    public SqliteStatement Add(long value) => Checked(raw.sqlite3_bind_int64(handle, ++bound, value));

    public SqliteStatement Add(long? value) =>
        value is { } number ? Add(number) : Checked(raw.sqlite3_bind_null(handle, ++bound));

    public SqliteStatement Add(DateTimeOffset value) => Add(value.UtcTicks);

    public SqliteStatement Add(DateTimeOffset? value) => Add(value?.UtcTicks);

    public SqliteStatement Add(string? value)
    {
        if (value is null)
            return Checked(raw.sqlite3_bind_null(handle, ++bound));
        // An empty span would bind NULL.
        if (value.Length == 0)
            return Checked(raw.sqlite3_bind_text(handle, ++bound, value));

        byte[]? rented = null;
        var room = Encoding.UTF8.GetMaxByteCount(value.Length);
        var buffer = room <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(room);
        var code = raw.sqlite3_bind_text(handle, ++bound, buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return Checked(code);
    }

    /// <summary>Adds a text that is in UTF-8 already, or only a bound of such: it need not be well-formed, but not be empty.</summary>
    public SqliteStatement AddUtf8(byte[] value) => Checked(raw.sqlite3_bind_text(handle, ++bound, value.AsSpan()));

    public SqliteStatement Add(byte[] value) =>
        Checked(value.Length == 0 ? raw.sqlite3_bind_zeroblob(handle, ++bound, 0) : raw.sqlite3_bind_blob(handle, ++bound, value));

    // Not an overload of Add: a null would be ambiguous, and bytes are rarely absent.
    public SqliteStatement AddOrNull(byte[]? value) => value is null ? Checked(raw.sqlite3_bind_null(handle, ++bound)) : Add(value);

    /// <returns>True when there is a row to read.</returns>
    public bool Step() => raw.sqlite3_step(handle) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var code => throw database.Error(code),
    };

    /// <summary>Runs a command that gives no rows, and ends it.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        using (this)
            return Step() ? throw new InvalidOperationException("The command gave a row.") : database.Changes;
    }

    /// <summary>The first column of the first row, or null when there is none or it is NULL; ends the command.</summary>
    public long? RunForNumber()
    {
        using (this)
            return Step() ? this.NumberOrNull(0) : null;
    }

    public byte[]? RunForBytes()
    {
        using (this)
            return Step() ? Bytes(0) : null;
    }

    /// <summary>What is made of each row; ends the command.</summary>
    public List<T> All<T>(Func<SqliteStatement, T> read)
    {
        var rows = new List<T>();
        using (this)
        {
            while (Step())
                rows.Add(read(this));
        }

        return rows;
    }

    /// <summary>What the value is, whatever the column was declared as: one of raw.SQLITE_INTEGER, SQLITE_TEXT and so on.</summary>
    public int TypeOf(int column) => raw.sqlite3_column_type(handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>A text as it is stored, until the next step.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => raw.sqlite3_column_blob(handle, column);

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public void Dispose()
    {
        bound = 0;
        // The code of a failed step comes back once more here; it was thrown then.
        _ = raw.sqlite3_reset(handle);
    }

    public void Free() => handle.Dispose();

    private SqliteStatement Checked(int code)
    {
        if (code == raw.SQLITE_OK)
            return this;
        Dispose();
        throw database.Error(code);
    }
}
