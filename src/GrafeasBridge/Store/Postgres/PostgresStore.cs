using Microsoft.Extensions.Options;
using Npgsql;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// The store of any number of bridges: PostgreSQL, or what speaks its protocol and knows <c>skip locked</c>. This part opens and closes the
/// store and runs transactions; the other parts are the operations, a line each. README.md describes how several bridges share a database.
/// </summary>
internal sealed partial class PostgresStore : StoreBase, IBridgeStore, IStoreGauges, IAsyncDisposable
{
    /// <summary>Runs of a transaction that lost against others each time, or whose connection was gone before it began.</summary>
    private const int MaxTries = 8;

    private readonly ILogger<PostgresStore> logger;
    private readonly StoreClock time;
    private PostgresDatabase? database;
    private Notifications? notifications;
    private int failing;

    public PostgresStore(IOptions<StoreOptions> options, ConfiguredTargets targets, TimeProvider clock, ILogger<PostgresStore> logger)
        : base(options.Value, targets, clock)
    {
        this.logger = logger;
        time = new StoreClock(Clock, Options.DatabaseTime);
    }

    /// <summary>The log is PostgreSQL's own affair.</summary>
    public long WalBytes => 0;

    public int QueuedWrites => creates?.Count ?? 0;

    protected override bool IsOpen => database is not null;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (database is not null)
            throw new InvalidOperationException("The store is open.");
        database = new PostgresDatabase(Options);
        try
        {
            var (from, to) = await OnConnectionAsync(PrepareAsync, cancellationToken);
            if (from != to)
                Log.Migrated(logger, database.Name, from, to);
            await OpenWriterAsync(cancellationToken);
        }
        catch
        {
            await database.DisposeAsync();
            database = null;
            throw;
        }

        notifications = new Notifications(database, Wake, logger);
        StoreMeter.Show(this);
        Log.Opened(logger, database.Name, PostgresSchema.Steps.Count);
    }

    public async ValueTask DisposeAsync()
    {
        if (!TryClose())
            return;
        StoreMeter.Hide(this);
        await CloseWriterAsync();
        if (notifications is not null)
            await notifications.DisposeAsync();
        if (database is null)
            return;
        await database.DisposeAsync();
        Log.Closed(logger, database.Name);
    }

    private async Task<(int From, int To)> PrepareAsync(PostgresSession session)
    {
        await PostgresRequirements.CheckAsync(session);
        var steps = await PostgresMigrations.RunAsync(session, PostgresSchema.Steps);
        foreach (var name in TargetNames)
            await session.Use("insert into targets (name, active) values ($1, 0) on conflict do nothing").Add(name).RunAsync();
        return steps;
    }

    /// <summary>A read of one command, or of several that need not agree.</summary>
    private Task<T> ReadAsync<T>(Func<PostgresSession, Task<T>> read, CancellationToken cancellationToken)
    {
        ThrowIfNotOpen();
        return TryAgainAsync(() => OnConnectionAsync(read, cancellationToken), cancellationToken);
    }

    /// <summary>A read of several commands that see the same moment.</summary>
    private Task<T> ReadInSnapshotAsync<T>(Func<PostgresSession, Task<T>> read, CancellationToken cancellationToken) =>
        ReadAsync(
            async session =>
            {
                await using var transaction = await session.Connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
                var found = await read(session);
                await transaction.CommitAsync(cancellationToken);
                return found;
            },
            cancellationToken);

    /// <summary>
    /// Work in one transaction; the task ends when it is on stable storage. The work may run more than once, when another bridge was
    /// first. Once the commit is on its way nobody can call it back.
    /// </summary>
    private Task<T> WriteAsync<T>(Func<PostgresSession, Task<T>> work, CancellationToken cancellationToken)
    {
        ThrowIfNotOpen();
        return TryAgainAsync(() => OnConnectionAsync(session => InTransactionAsync(session, work, cancellationToken), cancellationToken), cancellationToken);
    }

    private async Task<T> InTransactionAsync<T>(PostgresSession session, Func<PostgresSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken);
        var done = await work(session);
        await CommitAsync(transaction);
        Wake(session.Woken);
        return done;
    }

    private async Task CommitAsync(NpgsqlTransaction transaction)
    {
        var started = Clock.GetTimestamp();
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (PostgresErrors.IsLostConnection(e))
        {
            // It may be stored or not. Run again, it might be stored twice, so the caller is told.
            throw PostgresErrors.Unknown(e);
        }

        StoreMeter.CommitDuration.Record(Clock.GetElapsedTime(started).TotalSeconds);
    }

    private async Task<T> OnConnectionAsync<T>(Func<PostgresSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await database!.OpenAsync(cancellationToken);
        var session = new PostgresSession(connection, time, TargetNames, cancellationToken);
        if (time.NeedsComparing)
            await time.CompareAsync(session);
        return await work(session);
    }

    /// <summary>Repeats work that lost a conflict with another transaction, and work whose pooled connection turned out to be dead.</summary>
    private async Task<T> TryAgainAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var done = await work();
                if (Interlocked.Exchange(ref failing, 0) != 0)
                    Log.Recovered(logger);
                return done;
            }
            catch (Exception e) when (tries < MaxTries && PostgresErrors.IsCollision(e))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            catch (Exception e) when (tries == 1 && PostgresErrors.IsLostConnection(e))
            {
                database?.ForgetIdle();
            }
            catch (StoreException refusal)
            {
                Note(refusal, refusal);
                throw;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (PostgresErrors.ToRefusal(e) is not { } refusal)
                    throw;
                Note(refusal, e);
                throw refusal;
            }
        }
    }

    /// <summary>Logs the first of many failures: while the database is away every call would say the same.</summary>
    private void Note(StoreException refusal, Exception cause)
    {
        if (refusal.Failure is StoreFailure.Unavailable or StoreFailure.Broken && Interlocked.Exchange(ref failing, 1) == 0)
            Log.Failing(logger, refusal.Message, cause);
    }

    private void Wake(HashSet<string> targets)
    {
        if (targets.Count == 0)
            return;
        foreach (var target in targets)
            Wake(target);
        notifications?.Send(targets);
    }

    private static partial class Log
    {
        [LoggerMessage(2080, LogLevel.Information, "Opened the store in database {Database}, schema version {Schema}", EventName = "PostgresOpened")]
        public static partial void Opened(ILogger logger, string database, int schema);

        [LoggerMessage(2081, LogLevel.Information, "Brought database {Database} from schema version {From} to {To}", EventName = "PostgresMigrated")]
        public static partial void Migrated(ILogger logger, string database, int from, int to);

        [LoggerMessage(2082, LogLevel.Information, "Closed the store in database {Database}", EventName = "PostgresClosed")]
        public static partial void Closed(ILogger logger, string database);

        [LoggerMessage(2083, LogLevel.Error, "{Why} Callers are told to try again later. Further failures are not logged until a call succeeds", EventName = "PostgresFailing")]
        public static partial void Failing(ILogger logger, string why, Exception exception);

        [LoggerMessage(2084, LogLevel.Information, "The database answers again", EventName = "PostgresRecovered")]
        public static partial void Recovered(ILogger logger);
    }
}
