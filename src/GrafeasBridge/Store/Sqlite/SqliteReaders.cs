using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// A bounded number of read-only connections. In WAL mode they never wait for the writer, and each read sees all that was
/// committed before it began.
/// </summary>
internal sealed class SqliteReaders(string path, int count) : IAsyncDisposable
{
    private readonly SemaphoreSlim free = new(count, count);
    private volatile bool closed;
    private readonly ConcurrentStack<SqliteDatabase> idle = new();

    /// <exception cref="StoreException">Unavailable or Broken.</exception>
    public async Task<T> ReadAsync<T>(Func<SqliteDatabase, T> read, CancellationToken cancellationToken)
    {
        await free.WaitAsync(cancellationToken);
        try
        {
            return Read(read);
        }
        finally
        {
            free.Release();
        }
    }

    /// <summary>Waits for the reads that run, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var taken = 0; taken < count; taken++)
            await free.WaitAsync(CancellationToken.None);
        closed = true;
        while (idle.TryPop(out var database))
            database.Dispose();
        // Whoever came too late is told so; the semaphore has nothing to dispose of.
        free.Release(count);
    }

    private T Read<T>(Func<SqliteDatabase, T> read)
    {
        if (closed)
            throw new StoreException(StoreFailure.Unavailable, "The store is closing.");
        SqliteDatabase? database = null;
        try
        {
            if (!idle.TryPop(out database))
                database = Open();
            var result = read(database);
            idle.Push(database);
            return result;
        }
        catch (OperationCanceledException) when (database is not null)
        {
            idle.Push(database);
            throw;
        }
        catch (SqliteException e)
        {
            // Reading is rarely refused; a fresh connection next time costs less than telling which errors stick.
            database?.Dispose();
            if (SqliteErrors.ToRefusal(e) is { } refusal)
                throw refusal;
            throw;
        }
        catch
        {
            database?.Dispose();
            throw;
        }
    }

    private SqliteDatabase Open()
    {
        var database = SqliteDatabase.Open(path, readOnly: true, SqliteStore.BusyTimeout);
        try
        {
            database.Execute("pragma cache_size = -16384");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
