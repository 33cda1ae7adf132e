using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;
using SQLitePCL;

namespace GrafeasBridge.Admin.Copying;

/// <summary>Rows of a SQLite store, as both ends of a copy read them.</summary>
internal sealed class SqliteRows(SqliteDatabase database)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly Dictionary<string, Sql> commands = new(StringComparer.Ordinal);

    public long Count(StoreTable table) => database.QueryNumber($"select count(*) from {table.Name}");

    public long Counter(StoreTable table) => database.QueryNumber($"select max(seq) from sqlite_sequence where name = '{table.Name}'");

    public SqliteStatement Use(string text)
    {
        if (!commands.TryGetValue(text, out var sql))
            commands.Add(text, sql = new Sql(text));
        return database.Use(sql);
    }

    public async IAsyncEnumerable<object?[]> ReadAsync(
        StoreTable table, object?[]? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask; // SQLite has nothing to wait for
        var marks = string.Join(", ", Enumerable.Repeat("?", table.KeyLength));
        using var statement = Use($"select {table.Names} from {table.Name}{(after is null ? "" : $" where ({table.Key}) > ({marks})")} order by {table.Key}");
        foreach (var value in after ?? [])
            Bind(statement, value);
        while (statement.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Row(statement, table);
        }
    }

    public object?[]? LastKey(StoreTable table)
    {
        var descending = string.Join(", ", table.Columns.Take(table.KeyLength).Select(column => column.Name + " desc"));
        using var statement = Use($"select {table.Names} from {table.Name} order by {descending} limit 1");
        return statement.Step() ? Row(statement, table)[..table.KeyLength] : null;
    }

    public static void Bind(SqliteStatement statement, object? value)
    {
        _ = value switch
        {
            null => statement.Add((string?)null),
            long number => statement.Add(number),
            string text => statement.Add(text),
            byte[] bytes => statement.Add(bytes),
            _ => throw new InvalidOperationException($"A row holds a {value.GetType().Name}."),
        };
    }

    private static object?[] Row(SqliteStatement statement, StoreTable table)
    {
        var row = new object?[table.Columns.Count];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (statement.TypeOf(i), table.Columns[i].Kind) switch
            {
                (raw.SQLITE_NULL, _) => null,
                (raw.SQLITE_INTEGER, ColumnKind.Number) => statement.Number(i),
                (raw.SQLITE_TEXT, ColumnKind.Text) => Text(statement.Utf8(i), table, i, row),
                (raw.SQLITE_BLOB, ColumnKind.Bytes) => statement.Bytes(i),
                _ => throw Damaged(table, i, row, "holds a value of another kind"),
            };
        }

        return row;
    }

    private static string Text(ReadOnlySpan<byte> utf8, StoreTable table, int column, object?[] row)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw Damaged(table, column, row, "holds a text that is not UTF-8");
        }
    }

    private static StoreException Damaged(StoreTable table, int column, object?[] row, string why) => new(
        StoreFailure.Damaged, string.Create(CultureInfo.InvariantCulture, $"The SQLite store is damaged: {table.Place(row)}, column {table.Columns[column].Name}, {why}."));
}
