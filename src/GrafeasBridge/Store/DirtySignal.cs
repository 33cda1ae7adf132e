namespace GrafeasBridge.Store;

/// <summary>
/// Wakes the workers of one target. A wake-up cannot be lost: <see cref="Set"/> either completes the waits that are there or
/// stays set for the next one, both under the lock. So a worker that claims first and waits then hears of everything that
/// was committed after its claim began. It starts set, for what an earlier process left.
/// </summary>
internal sealed class DirtySignal
{
    private readonly Lock gate = new();
    private TaskCompletionSource waiters = New();
    private int waiting;
    private bool isSet = true;

    public void Set()
    {
        TaskCompletionSource? wake = null;
        lock (gate)
        {
            if (waiting == 0)
            {
                isSet = true;
                return;
            }

            (wake, waiters, waiting) = (waiters, New(), 0);
        }

        wake.SetResult();
    }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task wake;
        lock (gate)
        {
            if (isSet)
            {
                isSet = false;
                return;
            }

            waiting++;
            wake = waiters.Task;
        }

        try
        {
            await wake.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(wake);
            throw;
        }
    }

    /// <summary>A waiter that gives up must not count as one, or the next <see cref="Set"/> would be spent on nobody.</summary>
    private void Leave(Task wake)
    {
        lock (gate)
        {
            if (wake == waiters.Task)
                waiting--;
            else
                isSet = true;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
