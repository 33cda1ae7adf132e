using Npgsql;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Stores occurrences, with a connection of its own. It takes whatever is queued, without waiting for more, runs it in one transaction, and
/// answers the callers after the commit, refusals included. What fails for a reason of the database is answered so to every caller of the group;
/// what one operation spoils for the others is run again one by one.
/// </summary>
internal sealed partial class PostgresWriter : IAsyncDisposable
{
    /// <summary>Runs of a group that met what another bridge did each time.</summary>
    private const int MaxTries = 8;

    /// <summary>Groups after which commands are planned anew at the latest; sooner while the tables may still be small.</summary>
    private const long ReplanEvery = 4096;

    // Its commands are look-ups by index: they are planned for any values, and now and then, since a plan for an empty table may take any index.
    internal const string Prepare =
        """
        set plan_cache_mode = force_generic_plan; set jit = off;
        set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set enable_bitmapscan = off
        """;

    private const string GiveBack = "reset all; select pg_advisory_unlock_all()";

    private readonly WriteQueue<CreateOperation> queue;
    private readonly PostgresDatabase database;
    private readonly StoreClock time;
    private readonly string[] targets;
    private readonly Func<Task> reopened;
    private readonly Action<HashSet<string>> wake;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly KnownNames known = new();
    private NpgsqlConnection? connection;
    private bool failing;
    private long groups;

    /// <param name="reopened">Run when a connection was lost and another one is there.</param>
    /// <param name="wake">Told after a commit at which targets something became due.</param>
    public PostgresWriter(
        WriteQueue<CreateOperation> queue,
        PostgresDatabase database,
        StoreClock time,
        string[] targets,
        Func<Task> reopened,
        Action<HashSet<string>> wake,
        TimeProvider clock,
        ILogger logger)
    {
        (this.queue, this.database, this.time, this.targets) = (queue, database, time, targets);
        (this.reopened, this.wake, this.clock, this.logger) = (reopened, wake, clock, logger);
    }

    /// <summary>Completes when the queue is closed and everything in it has been answered.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await ConnectAsync(cancellationToken);
        Ended = Task.Run(LoopAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await CloseAsync();
    }

    private async Task LoopAsync()
    {
        var (group, later) = (new List<CreateOperation>(), new List<CreateOperation>());
        while (await queue.TakeAsync(group))
        {
            // A caller that left before its turn is not served.
            group.RemoveAll(static operation => !operation.TryStart());
            while (group.Count > 0)
            {
                Twins.Part(group, later);
                await WriteAsync(group);
                group.Clear();
                (group, later) = (later, group);
            }
        }
    }

    private async Task WriteAsync(List<CreateOperation> group)
    {
        var lookForTakenIds = false;
        for (var tries = 1; ; tries++)
        {
            CreateGroup? run = null;
            try
            {
                var session = await SessionAsync();
                run = new CreateGroup(session, known, group, lookForTakenIds);
                var committing = await run.RunAsync(clock);
                Answer(session, group, clock.GetElapsedTime(committing));
                return;
            }
            catch (Exception e) when (tries < MaxTries && (PostgresErrors.IsCollision(e) || IsTaken(e)))
            {
                // Another bridge was first: the next run sees what it did.
                lookForTakenIds |= IsTaken(e);
                await UndoAsync();
            }
            catch (Exception e) when (tries == 1 && run?.IsCommitting != true && PostgresErrors.IsLostConnection(e))
            {
                await UndoAsync();
                database.ForgetIdle();
            }
            catch (Exception e)
            {
                await UndoAsync();
                await GiveUpAsync(group, e, run?.IsCommitting == true);
                return;
            }
        }
    }

    private async Task<PostgresSession> SessionAsync()
    {
        if (connection is null)
        {
            await ConnectAsync(CancellationToken.None);
            await reopened();
        }

        var session = new PostgresSession(connection!, time, targets, CancellationToken.None);
        if (time.NeedsComparing)
            await time.CompareAsync(session);
        groups++;
        if (groups % ReplanEvery == 0 || (groups < ReplanEvery && long.IsPow2(groups)))
            await session.Use("discard plans").RunAsync();
        return session;
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        connection = await database.OpenAsync(cancellationToken);
        try
        {
            await using var prepare = new NpgsqlCommand(Prepare, connection);
            await prepare.ExecuteNonQueryAsync(cancellationToken);
            await new PostgresSession(connection, time, targets, cancellationToken).Use(TargetRows.Have).Add(targets).RunAsync();
        }
        catch
        {
            await connection.DisposeAsync();
            connection = null;
            throw;
        }
    }

    private void Answer(PostgresSession session, List<CreateOperation> group, TimeSpan committed)
    {
        StoreMeter.CommitDuration.Record(committed.TotalSeconds);
        StoreMeter.Batch.Record(group.Count);
        foreach (var operation in group)
            operation.Complete();
        wake(session.Woken);
        if (failing)
            Log.Recovered(logger);
        failing = false;
    }

    private async Task GiveUpAsync(List<CreateOperation> group, Exception cause, bool wasCommitting)
    {
        var refusal = wasCommitting && cause is not PostgresException
            ? PostgresErrors.Unknown(cause)
            : IsTaken(cause)
            ? new StoreException(StoreFailure.Unavailable, "The database cannot be used now: other writes came in between too often.", cause: cause)
            : PostgresErrors.ToRefusal(cause);
        if (refusal?.Failure is StoreFailure.Unavailable or StoreFailure.Broken)
        {
            if (!failing)
                Log.WriteFailed(logger, group.Count, cause);
            failing = true;
        }
        else if (group.Count > 1)
        {
            foreach (var operation in group)
                await WriteAsync([operation]);
            return;
        }
        else if (refusal is null)
        {
            Log.OperationFailed(logger, cause);
        }

        foreach (var operation in group)
            operation.Fail(refusal ?? cause);
    }

    /// <summary>Rolls back; a connection that cannot is closed, which does.</summary>
    private async Task UndoAsync()
    {
        if (connection is null)
            return;
        try
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await using var rollback = new NpgsqlCommand("rollback", connection);
                await rollback.ExecuteNonQueryAsync();
                return;
            }
        }
        catch (Exception e) when (PostgresErrors.ToRefusal(e) is not null)
        {
            Log.NotUndone(logger, e);
        }

        await CloseAsync();
    }

    private async Task CloseAsync()
    {
        try
        {
            if (connection!.State == System.Data.ConnectionState.Open)
            {
                await using var giveBack = new NpgsqlCommand(GiveBack, connection);
                await giveBack.ExecuteNonQueryAsync();
            }
        }
        catch (Exception e) when (PostgresErrors.ToRefusal(e) is not null)
        {
            Log.NotUndone(logger, e);
        }

        await connection!.DisposeAsync();
        connection = null;
    }

    private static bool IsTaken(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    private static partial class Log
    {
        [LoggerMessage(2087, LogLevel.Error, "The database did not store a group; {Operations} callers were told to try again later. Further failures are not logged until a group is stored", EventName = "PostgresWriteFailed")]
        public static partial void WriteFailed(ILogger logger, int operations, Exception exception);

        [LoggerMessage(2088, LogLevel.Information, "The database stores occurrences again", EventName = "PostgresWriteRecovered")]
        public static partial void Recovered(ILogger logger);

        [LoggerMessage(2089, LogLevel.Error, "Storing an occurrence failed unexpectedly; it was rolled back", EventName = "PostgresOperationFailed")]
        public static partial void OperationFailed(ILogger logger, Exception exception);

        [LoggerMessage(2090, LogLevel.Debug, "A connection could not be reset; it is closed", EventName = "PostgresNotTidied")]
        public static partial void NotUndone(ILogger logger, Exception exception);
    }
}

/// <summary>
/// Operations of a group that store the same request or the same name: the later one comes with the next group, as if it had been sent
/// after the other was answered.
/// </summary>
internal static class Twins
{
    /// <param name="later">Takes what must wait.</param>
    public static void Part(List<CreateOperation> group, List<CreateOperation> later)
    {
        if (group.Count == 1)
            return;
        var seen = new Dictionary<(string Project, string Name), int>(group.Count);
        var kept = 0;
        for (var i = 0; i < group.Count; i++)
        {
            if (IsAlone(group[i], i, seen))
                group[kept++] = group[i];
            else
                later.Add(group[i]);
        }

        group.RemoveRange(kept, group.Count - kept);
    }

    /// <param name="seen">Ids and requests of the operations before, and of which they are. A request is told from an id by its project's mark.</param>
    private static bool IsAlone(CreateOperation operation, int place, Dictionary<(string Project, string Name), int> seen)
    {
        foreach (var occurrence in operation.Occurrences)
        {
            if (!Is(place, (occurrence.Project, occurrence.Id)))
                return false;
            if (occurrence.RequestId is { } request && !Is(place, (occurrence.Project + "/", request)))
                return false;
        }

        return true;

        bool Is(int mine, (string, string) name) => seen.TryAdd(name, mine) || seen[name] == mine;
    }
}
