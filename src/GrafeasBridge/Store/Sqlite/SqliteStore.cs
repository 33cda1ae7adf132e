using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// The embedded store: one file, one writer, many readers. This part opens and closes the store; the other parts are the
/// operations, a line each. README.md describes the tables and the life of a row.
/// </summary>
internal sealed partial class SqliteStore : StoreBase, IBridgeStore, IStoreGauges, IAsyncDisposable
{
    /// <summary>How long a foreign lock on the file is waited for.</summary>
    public static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(2);

    private readonly ILogger<SqliteStore> logger;
    private readonly WriteQueue<WriteOperation> queue;
    private readonly SqliteReaders readers;
    private readonly string path;
    private SqliteFileLock? fileLock;
    private WalKeeper? wal;
    private SqliteWriter? writer;

    public SqliteStore(IOptions<StoreOptions> options, ConfiguredTargets targets, TimeProvider clock, ILogger<SqliteStore> logger)
        : base(options.Value, targets, clock)
    {
        this.logger = logger;
        path = FinalPath(Path.GetFullPath(Options.Path));
        queue = new WriteQueue<WriteOperation>(Options.MaxQueuedWrites, Options.MaxQueuedBytes);
        readers = new SqliteReaders(path, Options.Readers);
    }

    public long WalBytes => wal?.UsedBytes ?? 0;

    public int QueuedWrites => queue.Count;

    protected override bool IsOpen => writer is not null;

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        if (writer is not null)
            throw new InvalidOperationException("The store is open.");
        cancellationToken.ThrowIfCancellationRequested();
        MakeDirectory();
        fileLock = SqliteFileLock.Take(path);
        try
        {
            Open();
        }
        catch (Exception e)
        {
            ReleaseLock();
            if (e is SqliteException error && SqliteErrors.ToRefusal(error) is { } refusal)
                throw refusal;
            throw;
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (!TryClose())
            return;
        StoreMeter.Hide(this);
        queue.Close();
        if (writer is not null)
            await writer.Ended;
        await readers.DisposeAsync();
        wal?.Dispose();
        writer?.Close();
        if (writer is not null)
            Log.Closed(logger, path);
        ReleaseLock();
    }

    private void Open()
    {
        var database = OpenConnection();
        try
        {
            Check(database);
            var (from, to) = SqliteMigrations.Run(database, SqliteSchema.Steps);
            if (from != to)
                Log.Migrated(logger, path, from, to);
            var targets = TargetRows.Keys(database, TargetNames);
            DueVersions.EndLeases(database, targets, Clock.GetUtcNow());
            wal = new WalKeeper(path, Options.MaxWalBytes, database.QueryNumber("pragma page_size"), logger);
            writer = new SqliteWriter(
                queue, wal, new WriteSession(database, Clock, targets), () => new WriteSession(OpenConnection(), Clock, targets), Wake, Clock, logger);
        }
        catch
        {
            database.Dispose();
            throw;
        }

        StoreMeter.Show(this);
        Log.Opened(logger, path, SqliteSchema.Steps.Count);
    }

    /// <summary>SQLite itself notices damage only where it stumbles over it; an index that has lost an entry answers that there is none.</summary>
    private void Check(SqliteDatabase database)
    {
        if (new FileInfo(path).Length > Options.MaxCheckedBytes)
            return;
        var found = database.QueryText("pragma integrity_check(1)", 0);
        if (found is not ["ok"])
        {
            throw new StoreException(
                StoreFailure.Broken, $"The database cannot be used: its file is damaged ({string.Join("; ", found)}). Restore it from a backup.");
        }
    }

    /// <summary>
    /// A connection for writing, set so that a commit returns only when it is on stable storage. Its cache is small on purpose:
    /// after a page was split SQLite walks the whole cache in the commit, which took 0.4 ms at 64 MiB; the kernel caches the rest.
    /// </summary>
    private SqliteDatabase OpenConnection()
    {
        var database = SqliteDatabase.Open(path, readOnly: false, BusyTimeout);
        try
        {
            if (database.IsReadOnly)
                throw new StoreException(StoreFailure.Unavailable, "The database cannot be used now: its file is read-only.");
            if (database.QueryText("pragma journal_mode = wal", 0) is not ["wal"])
            {
                throw new StoreException(
                    StoreFailure.Unavailable, "The file system of Store:Path cannot hold a write-ahead log; set it to a path on a local disk.");
            }

            database.Execute(
                $"""
                pragma synchronous = full;
                pragma wal_autocheckpoint = 0;
                pragma journal_size_limit = {Options.MaxWalBytes};
                pragma cache_size = -32768;
                pragma temp_store = memory;
                """);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>The file itself: the lock lies beside it, so that two links to it cannot make two writers.</summary>
    internal static string FinalPath(string path) =>
        File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;

    private void MakeDirectory()
    {
        var directory = Path.GetDirectoryName(path);
        try
        {
            if (!string.IsNullOrEmpty(directory))
                Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreFailure.Unavailable, $"The directory {directory} of Store:Path cannot be made: {e.Message}", cause: e);
        }
    }

    private void ReleaseLock()
    {
        fileLock?.Dispose();
        fileLock = null;
    }

    private void Wake(IReadOnlyCollection<string> targets)
    {
        foreach (var target in targets)
            Wake(target);
    }

    /// <summary>Queues work for the writer; the task ends when it is on stable storage.</summary>
    private Task<T> WriteAsync<T>(Func<WriteSession, T> work, CancellationToken cancellationToken, int items = 1, long bytes = 256)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
        ThrowIfNotOpen();
        var operation = new WriteOperation<T>(work, items, bytes, cancellationToken);
        queue.Add(operation);
        return operation.Completion;
    }

    private Task<T> ReadAsync<T>(Func<SqliteDatabase, T> read, CancellationToken cancellationToken)
    {
        ThrowIfNotOpen();
        return readers.ReadAsync(read, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(2000, LogLevel.Information, "Opened the store {Path}, schema version {Schema}", EventName = "StoreOpened")]
        public static partial void Opened(ILogger logger, string path, int schema);

        [LoggerMessage(2004, LogLevel.Information, "Brought the store {Path} from schema version {From} to {To}", EventName = "StoreMigrated")]
        public static partial void Migrated(ILogger logger, string path, long from, long to);

        [LoggerMessage(2005, LogLevel.Information, "Closed the store {Path}", EventName = "StoreClosed")]
        public static partial void Closed(ILogger logger, string path);
    }
}
