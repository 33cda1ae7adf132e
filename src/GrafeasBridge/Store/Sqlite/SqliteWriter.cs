using Microsoft.Data.Sqlite;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// The one writer, on a thread of its own. It takes whatever is queued, without waiting for more, runs it in one transaction,
/// commits, and only then answers the callers. What fails to commit is answered as failed to every caller of the group, and
/// the next group starts afresh: when the disk is back, so is the writer.
/// </summary>
internal sealed partial class SqliteWriter : IDisposable
{
    private static readonly Sql Begin = new("begin immediate");
    private static readonly Sql Commit = new("commit");
    private static readonly Sql Rollback = new("rollback");
    private static readonly Sql Savepoint = new("savepoint batch");
    private static readonly Sql Release = new("release batch");
    private static readonly Sql RollbackBatch = new("rollback to batch");

    private readonly WriteQueue<WriteOperation> queue;
    private readonly WalKeeper wal;
    private readonly Func<WriteSession> open;
    private readonly Action<IReadOnlyCollection<string>> wake;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WriteSession? session;
    private bool failing;

    /// <param name="session">The first connection; the writer owns it.</param>
    /// <param name="open">Opens another one when the present one has seen an error of the disk.</param>
    /// <param name="wake">Told after a commit at which targets something became due.</param>
    public SqliteWriter(
        WriteQueue<WriteOperation> queue,
        WalKeeper wal,
        WriteSession session,
        Func<WriteSession> open,
        Action<IReadOnlyCollection<string>> wake,
        TimeProvider clock,
        ILogger logger)
    {
        (this.queue, this.wal, this.session, this.open) = (queue, wal, session, open);
        (this.wake, this.clock, this.logger) = (wake, clock, logger);
        new Thread(Loop) { Name = "store writer", IsBackground = true }.Start();
    }

    /// <summary>Completes when the queue is closed and everything in it has been answered.</summary>
    public Task Ended => ended.Task;

    public void Dispose() => session?.Dispose();

    /// <summary>Moves the whole log into the database file and closes it; to be called when <see cref="Ended"/>.</summary>
    public void Close()
    {
        try
        {
            session?.Database.Checkpoint(SQLitePCL.raw.SQLITE_CHECKPOINT_TRUNCATE);
        }
        catch (SqliteException e)
        {
            Log.CloseFailed(logger, e);
        }

        Dispose();
    }

    private void Loop()
    {
        var group = new List<WriteOperation>();
        while (queue.Take(group))
        {
            // A caller that left before its turn is not served.
            group.RemoveAll(static operation => !operation.TryStart());
            Write(group);
            group.Clear();
        }

        ended.SetResult();
    }

    private void Write(List<WriteOperation> group)
    {
        try
        {
            while (group.Count > 0 && !TryWrite(group))
            {
                // One operation failed half-way in a way that it did not foresee. It has been answered and taken out; the
                // others, which nobody has answered, run again without it.
            }
        }
        catch (SqliteException e)
        {
            Abandon(group, e, SqliteErrors.ToRefusal(e) ?? (Exception)e);
        }
        catch (Exception e)
        {
            // Whatever it is, the callers must hear of it and the thread must live.
            Abandon(group, e, e);
        }
    }

    private bool TryWrite(List<WriteOperation> group)
    {
        session ??= open();
        wal.StartOverIfDue(session.Database);
        session.Use(Begin).Run();
        foreach (var operation in group)
        {
            if (Run(session, operation) is not { } failure)
                continue;
            UndoAll(session);
            Log.OperationFailed(logger, failure);
            group.Remove(operation);
            operation.Fail(failure);
            return false;
        }

        var started = clock.GetTimestamp();
        session.Use(Commit).Run();
        StoreMeter.CommitDuration.Record(clock.GetElapsedTime(started).TotalSeconds);
        StoreMeter.Batch.Record(group.Count);
        Answer(session, group);
        return true;
    }

    private void Answer(WriteSession session, List<WriteOperation> group)
    {
        wal.Wrote(session.Database.TakePagesWritten());
        foreach (var operation in group)
            operation.Complete();
        if (session.Woken.Count > 0)
        {
            wake(session.Woken);
            session.Woken.Clear();
        }

        if (failing)
            Log.Recovered(logger);
        failing = false;
    }

    /// <returns>Null, or the failure of an operation whose half-done work is still in the transaction.</returns>
    private static Exception? Run(WriteSession session, WriteOperation operation)
    {
        var changes = session.Database.TotalChanges;
        var isBatch = operation.Items > 1;
        if (isBatch)
            session.Use(Savepoint).Run();
        try
        {
            operation.Run(session);
        }
        catch (SqliteException e) when (SqliteErrors.ToRefusal(e) is not null)
        {
            throw;
        }
        catch (Exception e) when (isBatch || session.Database.TotalChanges == changes)
        {
            if (isBatch)
            {
                session.Use(RollbackBatch).Run();
                session.Forget();
            }

            operation.Refuse(e);
        }
        catch (Exception e)
        {
            return e;
        }

        if (isBatch)
            session.Use(Release).Run();
        return null;
    }

    private void Abandon(List<WriteOperation> group, Exception cause, Exception answer)
    {
        if (!failing)
            Log.WriteFailed(logger, group.Count, cause);
        failing = true;
        try
        {
            if (session is not null)
                UndoAll(session);
        }
        catch (SqliteException)
        {
            // The connection cannot even roll back: closing it does.
            Reopen();
        }

        if (cause is SqliteException e && SqliteErrors.SpoilsConnection(e))
            Reopen();
        foreach (var operation in group)
            operation.Fail(answer);
    }

    private void Reopen()
    {
        session?.Dispose();
        session = null;
    }

    /// <summary>SQLite may have rolled back by itself when the disk failed.</summary>
    private static void UndoAll(WriteSession session)
    {
        session.Forget();
        session.Woken.Clear();
        if (session.Database.InTransaction)
            session.Use(Rollback).Run();
        session.Database.TakePagesWritten();
    }

    private static partial class Log
    {
        [LoggerMessage(2006, LogLevel.Warning, "The write-ahead log could not be emptied at the end; the next start reads it", EventName = "CloseCheckpointFailed")]
        public static partial void CloseFailed(ILogger logger, Exception exception);

        [LoggerMessage(2001, LogLevel.Error, "The database refused a write; {Operations} callers were told to try again later. Further refusals are not logged until a write succeeds", EventName = "WriteFailed")]
        public static partial void WriteFailed(ILogger logger, int operations, Exception exception);

        [LoggerMessage(2002, LogLevel.Information, "The database takes writes again", EventName = "WriteRecovered")]
        public static partial void Recovered(ILogger logger);

        [LoggerMessage(2003, LogLevel.Error, "A write failed unexpectedly; it was rolled back", EventName = "WriteOperationFailed")]
        public static partial void OperationFailed(ILogger logger, Exception exception);
    }
}
