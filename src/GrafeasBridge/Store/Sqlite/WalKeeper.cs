using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Bounds the write-ahead log and keeps its checkpoints off the commit path. A thread of its own moves frames into the
/// database file in small steps while the writer goes on. When the log is half full and little is left to move, or when it is
/// full, the writer itself moves the rest between two groups and starts the log from its beginning again. Only a read that
/// lasts can hold the log open beyond the limit; then the writer goes on, tries again as it grows, and says so.
/// </summary>
internal sealed partial class WalKeeper : IDisposable
{
    private const long SmallRest = 512 << 10;

    /// <summary>Small steps keep the disk free for the commits: one step of half the log made the 99th percentile a quarter longer.</summary>
    private const int StepsPerLog = 16;
    private static readonly TimeSpan RestartPatience = TimeSpan.FromMilliseconds(50);

    private readonly object gate = new();
    private readonly Lock checkpointing = new();
    private readonly string path;
    private readonly long maxBytes;
    private readonly long pageSize;
    private readonly ILogger logger;
    private readonly Thread thread;
    private SqliteDatabase? database;
    private long usedBytes;

    /// <summary>How much of the log the thread has dealt with: moved, or found that it cannot be moved yet.</summary>
    private long doneBytes;
    private long retryAbove;
    private bool wanted;
    private bool closed;
    private bool failing;
    private volatile bool caughtUp;

    public WalKeeper(string path, long maxBytes, long pageSize, ILogger logger)
    {
        (this.path, this.maxBytes, this.pageSize, this.logger) = (path, maxBytes, pageSize, logger);
        thread = new Thread(Loop) { Name = "store checkpoints", IsBackground = true };
        thread.Start();
    }

    /// <summary>Bytes of the log in use; the file itself may be larger, and is reused.</summary>
    public long UsedBytes => Interlocked.Read(ref usedBytes);

    /// <summary>Called by the writer after each commit.</summary>
    public void Wrote(int pages)
    {
        var used = Interlocked.Add(ref usedBytes, pages * pageSize);
        if (used - Interlocked.Read(ref doneBytes) < maxBytes / StepsPerLog || caughtUp)
            return;
        lock (gate)
        {
            wanted = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Called by the writer between two groups, with its own connection.</summary>
    public void StartOverIfDue(SqliteDatabase writer)
    {
        var used = UsedBytes;
        var due = caughtUp || used >= maxBytes;
        if (!due || used < retryAbove)
            return;

        lock (checkpointing)
        {
            caughtUp = false;
            StartOver(writer);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
        database?.Dispose();
    }

    private void StartOver(SqliteDatabase writer)
    {
        writer.SetBusyTimeout(RestartPatience);
        try
        {
            var (frames, _, busy) = writer.Checkpoint(raw.SQLITE_CHECKPOINT_RESTART);
            // Pages that a checkpoint writes into the database file are not pages of the log.
            writer.TakePagesWritten();
            Interlocked.Exchange(ref usedBytes, busy ? frames * pageSize : 0);
            Interlocked.Exchange(ref doneBytes, 0);
            retryAbove = busy ? UsedBytes + (maxBytes / 8) : 0;
            if (busy && UsedBytes > maxBytes)
                Log.HeldOpen(logger, UsedBytes, maxBytes);
            Recovered();
        }
        catch (SqliteException e)
        {
            retryAbove = UsedBytes + (maxBytes / 8);
            Failed(e);
        }
        finally
        {
            writer.SetBusyTimeout(SqliteStore.BusyTimeout);
        }
    }

    private void Loop()
    {
        while (WaitUntilWanted())
        {
            lock (checkpointing)
                Move();
        }
    }

    private bool WaitUntilWanted()
    {
        lock (gate)
        {
            while (!wanted && !closed)
                Monitor.Wait(gate);
            wanted = false;
            return !closed;
        }
    }

    private void Move()
    {
        try
        {
            database ??= OpenConnection();
            var before = UsedBytes;
            var (frames, moved, _) = database.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
            // What was written meanwhile comes on top of what the checkpoint saw.
            var written = UsedBytes - before;
            Interlocked.Add(ref usedBytes, (frames * pageSize) - before);
            // Without progress, as when a read holds the log, another try is worth its while only after another step.
            Interlocked.Exchange(ref doneBytes, moved * pageSize > doneBytes ? moved * pageSize : UsedBytes);
            caughtUp = ((frames - moved) * pageSize) + written <= SmallRest && UsedBytes >= maxBytes / 2;
            Recovered();
        }
        catch (SqliteException e)
        {
            database?.Dispose();
            database = null;
            Interlocked.Exchange(ref doneBytes, UsedBytes);
            Failed(e);
        }
    }

    private SqliteDatabase OpenConnection()
    {
        var opened = SqliteDatabase.Open(path, readOnly: false, SqliteStore.BusyTimeout);
        // A connection that has read nothing does not know yet that there is a log, and its checkpoint does nothing.
        opened.QueryNumber("select count(*) from sqlite_schema");
        return opened;
    }

    private void Failed(SqliteException e)
    {
        if (!failing)
            Log.CheckpointFailed(logger, e);
        failing = true;
    }

    private void Recovered() => failing = false;

    private static partial class Log
    {
        [LoggerMessage(2010, LogLevel.Warning, "The write-ahead log holds {Used} bytes, more than Store:MaxWalBytes ({Limit}): a read has lasted since before it", EventName = "WalHeldOpen")]
        public static partial void HeldOpen(ILogger logger, long used, long limit);

        [LoggerMessage(2011, LogLevel.Warning, "The write-ahead log could not be moved into the database file; it is tried again as the log grows", EventName = "CheckpointFailed")]
        public static partial void CheckpointFailed(ILogger logger, Exception exception);
    }
}
