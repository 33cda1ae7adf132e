namespace GrafeasBridge.Delivery;

/// <summary>
/// Keeps a version that may have stopped the process apart from all others in hand, of every target: should the process stop
/// again, nobody else is suspected. Others wait for it a moment and no longer, so that a target that stalls it holds up nobody.
/// </summary>
internal sealed class SuspectLane(TimeProvider clock)
{
    /// <summary>What stops a process does so at once; what takes longer is the target.</summary>
    internal static readonly TimeSpan LongestAlone = TimeSpan.FromSeconds(5);

    /// <summary>How long a suspect waits until nothing else is in hand; then it is tried beside others.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Lock sync = new();
    private int inHand;
    private long? aloneSince;
    private long? waitsSince;
    private TaskCompletionSource freed = New();

    /// <summary>Completes when the one that is alone now is alone no longer; completed while nobody is.</summary>
    public Task Freed
    {
        get
        {
            lock (sync)
                return aloneSince is null ? Task.CompletedTask : freed.Task;
        }
    }

    /// <summary>True while others should stay out.</summary>
    public bool IsClosed
    {
        get
        {
            lock (sync)
                return aloneSince is { } since && clock.GetElapsedTime(since) < LongestAlone;
        }
    }

    /// <summary>An ordinary version is in hand until the result is disposed of.</summary>
    public IDisposable Enter()
    {
        lock (sync)
            inHand++;
        return new Stay(this, alone: false);
    }

    /// <summary>A suspect is in hand until the result is disposed of; null while it has to wait.</summary>
    public IDisposable? TryEnterAlone()
    {
        lock (sync)
        {
            waitsSince ??= clock.GetTimestamp();
            var patient = clock.GetElapsedTime(waitsSince.Value) < LongestWait;
            if (aloneSince is not null || (inHand > 0 && patient))
                return null;
            waitsSince = null;
            inHand++;
            aloneSince = clock.GetTimestamp();
            return new Stay(this, alone: true);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Leave(bool alone)
    {
        TaskCompletionSource? done = null;
        lock (sync)
        {
            inHand--;
            if (alone)
            {
                aloneSince = null;
                (done, freed) = (freed, New());
            }
        }

        done?.SetResult();
    }

    private sealed class Stay(SuspectLane lane, bool alone) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                lane.Leave(alone);
        }
    }
}
