namespace GrafeasBridge.Delivery;

/// <summary>
/// Keeps a poison candidate, a version that was in flight when a process ended, apart from all others, of every target: should the
/// process end again, no other version is a candidate. Others wait for it a moment and no longer, so that a target that stalls it
/// holds up nobody.
/// </summary>
internal sealed class PoisonIsolation(TimeProvider clock)
{
    /// <summary>What ends a process does so at once; what takes longer is the target.</summary>
    internal static readonly TimeSpan LongestAlone = TimeSpan.FromSeconds(5);

    /// <summary>How long a candidate waits until nothing else is in flight; then it is tried beside others.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Lock sync = new();
    private int inFlight;
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

    /// <summary>An ordinary version is in flight until the result is disposed of.</summary>
    public IDisposable Enter()
    {
        lock (sync)
            inFlight++;
        return new Stay(this, alone: false);
    }

    /// <summary>A candidate is in flight until the result is disposed of; null while it has to wait.</summary>
    public IDisposable? TryEnterAlone()
    {
        lock (sync)
        {
            waitsSince ??= clock.GetTimestamp();
            var patient = clock.GetElapsedTime(waitsSince.Value) < LongestWait;
            if (aloneSince is not null || (inFlight > 0 && patient))
                return null;
            waitsSince = null;
            inFlight++;
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
            inFlight--;
            if (alone)
            {
                aloneSince = null;
                (done, freed) = (freed, New());
            }
        }

        done?.SetResult();
    }

    private sealed class Stay(PoisonIsolation isolation, bool alone) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                isolation.Leave(alone);
        }
    }
}
