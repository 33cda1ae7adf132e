namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// One caller's work for the writer. Its outcome is kept until the group has been committed: an answer, and also a refusal,
/// may rest on what another operation of the group wrote.
/// </summary>
/// <param name="items">Rows of the caller's batch; more than one runs in a savepoint.</param>
/// <param name="bytes">What it holds in memory while it waits.</param>
internal abstract class WriteOperation(int items, long bytes) : QueuedWrite(items, bytes)
{
    /// <summary>Does the work inside the open transaction, and keeps the answer.</summary>
    public abstract void Run(WriteSession session);

    /// <summary>Keeps a refusal as the outcome.</summary>
    public abstract void Refuse(Exception refusal);

    /// <summary>Gives the kept outcome to the caller.</summary>
    public abstract void Complete();

    /// <summary>Gives a failure to the caller at once.</summary>
    public abstract void Fail(Exception failure);
}

/// <inheritdoc/>
internal sealed class WriteOperation<T> : WriteOperation
{
    // Callers continue on other threads: the writer's thread is for writing.
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<WriteSession, T> work;
    private readonly CancellationTokenRegistration registration;
    private T? answer;
    private Exception? refusal;

    public WriteOperation(Func<WriteSession, T> work, int items, long bytes, CancellationToken cancellationToken)
        : base(items, bytes)
    {
        this.work = work;
        registration = cancellationToken.UnsafeRegister(
            static (operation, token) =>
            {
                var self = (WriteOperation<T>)operation!;
                if (self.TryDrop())
                    self.completion.TrySetCanceled(token);
            },
            this);
    }

    public Task<T> Completion => completion.Task;

    public override void Run(WriteSession session)
    {
        refusal = null;
        answer = work(session);
    }

    public override void Refuse(Exception refusal) => this.refusal = refusal;

    public override void Complete()
    {
        registration.Unregister();
        if (refusal is null)
            completion.TrySetResult(answer!);
        else
            completion.TrySetException(refusal);
    }

    public override void Fail(Exception failure)
    {
        registration.Unregister();
        completion.TrySetException(failure);
    }
}
