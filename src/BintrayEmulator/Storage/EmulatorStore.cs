using Microsoft.Data.Sqlite;

namespace BintrayEmulator.Storage;

/// <summary>
/// The emulator's data: one SQLite file. Each call is one transaction; a write is on the disk before its answer leaves, and writes
/// pass one at a time, so that two updates of one attribute set never lose each other's part.
/// </summary>
internal sealed class EmulatorStore : IDisposable
{
    private readonly SqliteConnection writer;
    private readonly string readerString;
    private readonly TimeProvider clock;
    private readonly int historyLimit;
    private readonly SemaphoreSlim gate = new(1, 1);

    private EmulatorStore(SqliteConnection writer, string readerString, TimeProvider clock, int historyLimit)
    {
        this.historyLimit = historyLimit;
        this.writer = writer;
        this.readerString = readerString;
        this.clock = clock;
    }

    /// <summary>Opens the file, or makes it with its folder. Every user is a subject, with or without repositories.</summary>
    /// <param name="historyLimit">How many entries of the history are kept; 0 for none.</param>
    /// <exception cref="InvalidDataException">The file is not an emulator's.</exception>
    /// <exception cref="SqliteException">The file cannot be opened or written.</exception>
    public static EmulatorStore Open(string path, TimeProvider clock, IEnumerable<string> users, int historyLimit = 0)
    {
        var file = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            ForeignKeys = true,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
        try
        {
            connection.Open();
            using (var pragmas = connection.CreateCommand())
            {
                // FULL: a write that was answered survives a power cut. The WAL is cut back to 16 MiB after a checkpoint.
                pragmas.CommandText = "pragma journal_mode = wal; pragma synchronous = full; pragma journal_size_limit = 16777216;";
                pragmas.ExecuteNonQuery();
            }

            Schema.Prepare(connection, path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        var readers = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, DefaultTimeout = 30 };
        var store = new EmulatorStore(connection, readers.ToString(), clock, historyLimit);
        store.Write(session =>
        {
            foreach (var user in users)
                session.AddSubject(user);

            return true;
        });
        return store;
    }

    /// <summary>Reads in one snapshot.</summary>
    public T Read<T>(Func<Session, T> work)
    {
        using var connection = new SqliteConnection(readerString);
        connection.Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        return work(new Session(connection, transaction, Now()));
    }

    /// <summary>Writes in one transaction, durable when this returns. Nothing is kept when <paramref name="work"/> throws.</summary>
    public async Task<T> WriteAsync<T>(Func<Session, T> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return Write(work);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Proves that the store can still write, by writing.</summary>
    public Task ProbeAsync(CancellationToken cancellationToken) => WriteAsync(
        session => session.Execute(
            "insert into probe(id, seen) values(1, $now) on conflict(id) do update set seen = $now", ("$now", session.Now)),
        cancellationToken);

    public void Dispose()
    {
        writer.Dispose();
        using (var reader = new SqliteConnection(readerString))
            SqliteConnection.ClearPool(reader);

        gate.Dispose();
    }

    private T Write<T>(Func<Session, T> work)
    {
        using var transaction = writer.BeginTransaction(deferred: false);
        var result = work(new Session(writer, transaction, Now(), historyLimit));
        transaction.Commit();
        return result;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
