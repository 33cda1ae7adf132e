using GrafeasBridge.Admin.Copying;

namespace GrafeasBridge.Tests.Admin;

/// <summary>What the copy rests on: both stores have the same tables, columns and keys.</summary>
public sealed class SchemaTwinTests : PostgresFixture
{
    private const string Columns =
        """
        select coalesce(string_agg(format('%s.%s %s', c.table_name, c.column_name, c.data_type), E'\n' order by c.table_name collate "C", c.column_name collate "C"), '')
        from information_schema.columns c where c.table_schema = current_schema() and c.table_name <> 'grafeasbridge_schema'
        """;

    private const string Keys =
        """
        select string_agg(format('%s %s', k.table_name, k.names), E'\n' order by k.table_name collate "C") from (
            select u.table_name, string_agg(u.column_name, ', ' order by u.ordinal_position) as names
            from information_schema.table_constraints t join information_schema.key_column_usage u using (constraint_schema, constraint_name)
            where t.constraint_type = 'PRIMARY KEY' and t.table_schema = current_schema() and t.table_name <> 'grafeasbridge_schema'
            group by u.table_name) k
        """;

    [Fact]
    public async Task PostgreSQL_has_the_tables_columns_kinds_and_keys_of_SQLite()
    {
        await using (await OpenAsync())
        {
        }

        var tables = StoreTable.All();
        Assert.True(tables.Count > 20, "the tables are no longer found");
        var kinds = (string)(await Server.ExecuteAsync(Columns, schema: Schema))!;
        Assert.Equal(
            string.Join('\n', tables.SelectMany(table => table.Columns.Select(column => $"{table.Name}.{column.Name} {column.Kind}")).Order(StringComparer.Ordinal)),
            kinds.Replace("bigint", "Number", StringComparison.Ordinal).Replace("integer", "Number", StringComparison.Ordinal)
                .Replace(" text", " Text", StringComparison.Ordinal).Replace("bytea", "Bytes", StringComparison.Ordinal));
        Assert.Equal(
            string.Join('\n', tables.OrderBy(table => table.Name, StringComparer.Ordinal).Select(table => $"{table.Name} {table.Key}")),
            (string)(await Server.ExecuteAsync(Keys, schema: Schema))!);
    }
}
