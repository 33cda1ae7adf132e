using System.Text;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Tests.Support.Postgres;

namespace GrafeasBridge.Tests.Admin;

/// <summary>All that a store holds as text, made with the databases' own means and none of the copy's.</summary>
internal static class Dump
{
    private const string Tables = "select name from sqlite_schema where type = 'table' and name not in ('occurrence_blocks', 'grafeasbridge_copy', 'sqlite_stat1') order by name";

    /// <summary>Every row of every table, and what the tables count.</summary>
    public static string OfSqlite(string file)
    {
        using var database = SqliteDatabase.Open(file, readOnly: false, TimeSpan.FromSeconds(5));
        var text = new StringBuilder();
        foreach (var table in database.QueryText(Tables, 0))
        {
            var columns = database.QueryText($"select name from pragma_table_info('{table}') order by name", 0);
            text.AppendLine(table + " " + string.Join(' ', columns));
            var rows = database.QueryText($"select {string.Join(" || ' ' || ", columns.Select(column => $"quote({column})"))} as row from {table} order by row", 0);
            rows.ForEach(row => text.AppendLine(row));
        }

        return text.ToString();
    }

    /// <summary>Rows of each table in PostgreSQL.</summary>
    public static async Task<long> RowsAsync(PostgresServer server, string schema, string table) =>
        (long)(await server.ExecuteAsync($"select count(*) from {schema}.{table}"))!;
}
