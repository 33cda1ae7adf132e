namespace GrafeasBridge.Store.Sqlite;

/// <summary>What waits for the writer: bounded in number and in bytes.</summary>
internal sealed class WriteQueue(int maxOperations, long maxBytes)
{
    /// <summary>Rows after which a group takes no further operation: it bounds how long a caller waits for the others.</summary>
    private const int MaxGroupItems = 1024;

    private readonly Queue<WriteOperation> waiting = new();
    private readonly object gate = new();
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
    public void Add(WriteOperation operation)
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
                Monitor.Pulse(gate);
        }
    }

    /// <summary>Waits until there is something, and moves as much as one commit should carry.</summary>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(List<WriteOperation> group)
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (closed)
                    return false;
                Monitor.Wait(gate);
            }

            for (var items = 0; items < MaxGroupItems && waiting.TryDequeue(out var operation); items += operation.Items)
            {
                bytes -= operation.Bytes;
                group.Add(operation);
            }

            return true;
        }
    }

    /// <summary>Takes nothing more; what waits is still written.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }
}
