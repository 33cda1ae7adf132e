namespace GrafeasBridge.Tests.Support;

/// <summary>What other threads note down, in its order. A test waits on it until there is enough, and fails when that takes too long.</summary>
internal sealed class Observed<T>
{
    private readonly Lock sync = new();
    private readonly List<T> all = [];
    private TaskCompletionSource added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<T> All
    {
        get
        {
            lock (sync)
                return [.. all];
        }
    }

    public int Count
    {
        get
        {
            lock (sync)
                return all.Count;
        }
    }

    public void Add(T one)
    {
        TaskCompletionSource before;
        lock (sync)
        {
            all.Add(one);
            (before, added) = (added, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        before.SetResult();
    }

    /// <summary>Ends as soon as what is there satisfies the condition, which is asked again after each addition, and by one thread at a time.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<T>, bool> condition, CancellationToken cancel = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, TestContext.Current.CancellationToken);
        while (true)
        {
            Task next;
            lock (sync)
            {
                if (condition(all))
                    return;
                next = added.Task;
            }

            await next.WaitAsync(Patience.Long, either.Token);
        }
    }
}

/// <summary>How long tests wait, by the clock on the wall, for what must come soon. Only a failing test waits so long.</summary>
internal static class Patience
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
}
