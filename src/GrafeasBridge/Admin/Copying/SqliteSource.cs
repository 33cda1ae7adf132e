using GrafeasBridge.Store;
using GrafeasBridge.Store.Sqlite;

namespace GrafeasBridge.Admin.Copying;

/// <summary>A SQLite store that is copied: the lock of its file keeps bridges away.</summary>
internal sealed class SqliteSource(StoreOptions options) : ICopySource
{
    private readonly string path = SqliteFile.PathOf(options);
    private SqliteFileLock? alone;
    private SqliteDatabase? database;
    private SqliteRows? rows;

    public string Name => StoreName.Of(options);

    public Task OpenAsync(IReadOnlyList<StoreTable> tables, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw AdminException.BadInput($"--from {Name} is not there.");
        alone = SqliteFileLock.Take(path);
        database = SqliteDatabase.Open(path, readOnly: true, SqliteStore.BusyTimeout);
        StoreCopy.RequireVersion(Name, SqliteMigrations.Version(database, SqliteSchema.Steps.Count), SqliteSchema.Steps.Count);
        database.Execute("begin; select count(*) from secrets"); // one moment of it, until the end
        rows = new SqliteRows(database);
        return Task.CompletedTask;
    }

    public Task<long> CountAsync(StoreTable table, CancellationToken cancellationToken) => Task.FromResult(rows!.Count(table));

    public Task<long> CounterAsync(StoreTable table, CancellationToken cancellationToken) => Task.FromResult(rows!.Counter(table));

    public IAsyncEnumerable<object?[]> ReadAsync(StoreTable table, object?[]? after, CancellationToken cancellationToken) =>
        rows!.ReadAsync(table, after, cancellationToken);

    public ValueTask DisposeAsync()
    {
        database?.Dispose();
        alone?.Dispose();
        return ValueTask.CompletedTask;
    }
}
