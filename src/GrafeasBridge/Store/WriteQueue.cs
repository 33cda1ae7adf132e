namespace GrafeasBridge.Store;

/// <summary>One caller's work for a writer, while it waits.</summary>
/// <param name="items">Rows of the caller's batch.</param>
/// <param name="bytes">What it holds in memory while it waits.</param>
internal abstract class QueuedWrite(int items, long bytes)
{
    private const int Queued = 0;
    private const int Started = 1;
    private const int Dropped = 2;
    private int state;

    public int Items => items;

    public long Bytes => bytes;

    /// <summary>False when the caller had gone before the work began.</summary>
    public bool TryStart() => Interlocked.CompareExchange(ref state, Started, Queued) != Dropped;

    /// <summary>True when the caller's wish to leave came before the work began.</summary>
    protected bool TryDrop() => Interlocked.CompareExchange(ref state, Dropped, Queued) == Queued;
}

/// <summary>What waits for the writer: bounded in number and in bytes.</summary>
/// <param name="maxGroupBytes">Bytes after which a group takes no further operation.</param>
internal sealed class WriteQueue<T>(int maxOperations, long maxBytes, long maxGroupBytes = long.MaxValue)
    where T : QueuedWrite
{
    /// <summary>Rows after which a group takes no further operation: it bounds how long a caller waits for the others.</summary>
    private const int MaxGroupItems = 1024;

    private readonly Queue<T> waiting = new();
    private readonly object gate = new();
    private TaskCompletionSource? arrival;
    private long bytes;
    private bool closed;

    public int Count
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    /// <exception cref="StoreException">Overloaded when it is full, Unavailable when the store is closing.</exception>
    public void Add(T operation)
    {
        lock (gate)
        {
            if (closed)
                throw new StoreException(StoreFailure.Unavailable, "The store is closing.");
            // One operation always fits, however large, so that a low limit cannot refuse it for ever.
            if (waiting.Count > 0 && (waiting.Count >= maxOperations || bytes + operation.Bytes > maxBytes))
                throw new StoreException(StoreFailure.Overloaded, "More writes are waiting than the store can take. Try again later.");
            waiting.Enqueue(operation);
            bytes += operation.Bytes;
            if (waiting.Count == 1)
                Announce();
        }
    }

    /// <summary>Waits until there is something, and moves as much as one commit should carry.</summary>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(List<T> group)
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (closed)
                    return false;
                Monitor.Wait(gate);
            }

            Move(group);
            return true;
        }
    }

    /// <summary>The same for a writer without a thread of its own; there may be several of them.</summary>
    public async Task<bool> TakeAsync(List<T> group)
    {
        while (true)
        {
            Task something;
            lock (gate)
            {
                if (waiting.Count > 0)
                {
                    Move(group);
                    return true;
                }

                if (closed)
                    return false;
                something = (arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await something;
        }
    }

    /// <summary>Takes nothing more; what waits is still written.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Announce();
        }
    }

    private void Move(List<T> group)
    {
        var (items, taken) = (0, 0L);
        while (items < MaxGroupItems && taken < maxGroupBytes && waiting.TryDequeue(out var operation))
        {
            items += operation.Items;
            taken += operation.Bytes;
            group.Add(operation);
        }

        bytes -= taken;
    }

    private void Announce()
    {
        Monitor.PulseAll(gate);
        arrival?.SetResult();
        arrival = null;
    }
}
