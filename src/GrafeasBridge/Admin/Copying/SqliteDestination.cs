using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;

namespace GrafeasBridge.Admin.Copying;

/// <summary>A SQLite store that a copy creates.</summary>
internal sealed class SqliteDestination(StoreOptions options) : ICopyDestination
{
    // Written wider by the store as occurrences come; here the bounds are what they are.
    private const string Blocks =
        """
        delete from occurrence_blocks;
        insert into occurrence_blocks (block, first, last)
        select seq >> 10, min(create_time), max(create_time) from occurrences group by seq >> 10
        """;

    private readonly string path = SqliteFile.PathOf(options);
    private SqliteFileLock? alone;
    private SqliteDatabase? database;
    private SqliteRows? rows;

    public string Name => StoreName.Of(options);

    public Task<bool> OpenAsync(IReadOnlyList<StoreTable> tables, string source, CancellationToken cancellationToken)
    {
        SqliteFile.MakeFolder(path);
        alone = SqliteFileLock.Take(path);
        database = SqliteFile.OpenForWriting(path);
        rows = new SqliteRows(database);
        var goesOn = database.QueryNumber("pragma application_id") == SqliteSchema.UnfinishedCopyId;
        if (goesOn)
        {
            StoreCopy.RequireSame(Name, database.QueryText($"select source from {UnfinishedCopy.Table}", 0).FirstOrDefault(), source);
            StoreCopy.RequireVersion(Name, (int)database.QueryNumber("pragma user_version"), SqliteSchema.Steps.Count);
            return Task.FromResult(true);
        }

        SqliteMigrations.Run(database, SqliteSchema.Steps);
        StoreCopy.RequireEmpty(Name, tables.FirstOrDefault(table => rows.LastKey(table) is not null));
        database.Execute("begin immediate");
        database.Execute($"create table {UnfinishedCopy.Table} (source text not null)");
        rows.Use($"insert into {UnfinishedCopy.Table} (source) values (?)").Add(source).Run();
        database.Execute($"pragma application_id = {Number(SqliteSchema.UnfinishedCopyId)}; commit");
        return Task.FromResult(false);
    }

    public Task<long> CountAsync(StoreTable table, CancellationToken cancellationToken) => Task.FromResult(rows!.Count(table));

    public Task<long> CounterAsync(StoreTable table, CancellationToken cancellationToken) => Task.FromResult(rows!.Counter(table));

    public IAsyncEnumerable<object?[]> ReadAsync(StoreTable table, object?[]? after, CancellationToken cancellationToken) =>
        rows!.ReadAsync(table, after, cancellationToken);

    public Task<object?[]?> LastKeyAsync(StoreTable table, CancellationToken cancellationToken) => Task.FromResult(rows!.LastKey(table));

    public Task WriteAsync(StoreTable table, IReadOnlyList<object?[]> chunk, CancellationToken cancellationToken)
    {
        var marks = string.Join(", ", Enumerable.Repeat("?", table.Columns.Count));
        database!.Execute("begin immediate");
        foreach (var row in chunk)
        {
            var insert = rows!.Use($"insert into {table.Name} ({table.Names}) values ({marks})");
            foreach (var value in row)
                SqliteRows.Bind(insert, value);
            insert.Run();
        }

        database.Execute("commit");
        return Task.CompletedTask;
    }

    public Task SealAsync(IReadOnlyList<StoreTable> tables, CancellationToken cancellationToken)
    {
        database!.Execute("begin immediate");
        return Task.CompletedTask;
    }

    public Task FinishAsync(IReadOnlyList<StoreTable> tables, IReadOnlyDictionary<string, long> counters, CancellationToken cancellationToken)
    {
        foreach (var (table, counter) in counters)
        {
            rows!.Use("delete from sqlite_sequence where name = ?").Add(table).Run();
            rows.Use("insert into sqlite_sequence (name, seq) values (?, ?)").Add(table).Add(counter).Run();
        }

        database!.Execute(Blocks);
        database.Execute($"drop table {UnfinishedCopy.Table}; pragma application_id = {Number(SqliteSchema.ApplicationId)}; commit");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        database?.Dispose();
        alone?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
