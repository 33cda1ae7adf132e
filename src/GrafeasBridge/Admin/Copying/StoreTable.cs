using GrafeasBridge.Store.Sqlite;

namespace GrafeasBridge.Admin.Copying;

/// <summary>What a column holds.</summary>
internal enum ColumnKind
{
    Number,
    Text,
    Bytes,
}

/// <summary>A column, by the same name in both kinds of store.</summary>
internal sealed record StoreColumn(string Name, ColumnKind Kind);

/// <summary>A table that is copied, its key first.</summary>
/// <param name="KeyLength">How many of the columns are its primary key.</param>
/// <param name="Counter">True when keys of rows that are gone are not given again.</param>
internal sealed record StoreTable(string Name, IReadOnlyList<StoreColumn> Columns, int KeyLength, bool Counter)
{
    /// <summary>Which occurrences a block holds follows from the occurrences, and PostgreSQL has none.</summary>
    private const string Derived = "occurrence_blocks";

    private const string Tables =
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by rowid";

    public string Names => string.Join(", ", Columns.Select(column => column.Name));

    public string Key => string.Join(", ", Columns.Take(KeyLength).Select(column => column.Name));

    /// <summary>The tables as the embedded store's own schema makes them, so that no list of them can be out of date.</summary>
    public static IReadOnlyList<StoreTable> All()
    {
        using var database = SqliteDatabase.Open(":memory:", readOnly: false, TimeSpan.Zero);
        SqliteMigrations.Run(database, SqliteSchema.Steps);
        return [.. database.QueryText(Tables, 0).Where(name => name != Derived).Select(name => Read(database, name))];
    }

    /// <summary>Where a row is, for people: the key's names and values, which are no secrets.</summary>
    public string Place(object?[] row) => $"{Name} ({string.Join(", ", Enumerable.Range(0, KeyLength).Select(i => $"{Columns[i].Name} {row[i]}"))})";

    private static StoreTable Read(SqliteDatabase database, string name)
    {
        var info = $"select * from pragma_table_info('{name}')";
        var columns = database.QueryText(info, 1)
            .Zip(database.QueryText(info, 2), database.QueryText(info, 5))
            .Select(column => (Column: new StoreColumn(column.First, Kind(column.Second)), Key: int.Parse(column.Third, System.Globalization.CultureInfo.InvariantCulture)))
            .OrderBy(column => column.Key == 0 ? int.MaxValue : column.Key)
            .ToList();
        var counts = database.QueryNumber($"select count(*) from sqlite_schema where name = '{name}' and sql like '%autoincrement%'") > 0;
        return new StoreTable(name, [.. columns.Select(column => column.Column)], columns.Count(column => column.Key > 0), counts);
    }

    private static ColumnKind Kind(string declared) => declared.ToUpperInvariant() switch
    {
        "INTEGER" => ColumnKind.Number,
        "TEXT" => ColumnKind.Text,
        "BLOB" => ColumnKind.Bytes,
        var other => throw new InvalidOperationException($"A column is declared as {other}, which the copy does not know."),
    };
}
