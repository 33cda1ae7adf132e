using System.Security.Cryptography;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// One caller's occurrences, all or none, on their way through a group. Its outcome is kept until the group has been committed: a refusal,
/// too, may rest on what another operation of the group wrote. It may be run several times.
/// </summary>
internal sealed class CreateOperation : QueuedWrite
{
    // Callers continue on other threads: all of them share the writer's time.
    private readonly TaskCompletionSource<IReadOnlyList<AddedOccurrence>> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration registration;

    private CreateOperation(IReadOnlyList<NewOccurrence> occurrences, NewUpload? upload, long bytes, CancellationToken cancellationToken)
        : base(occurrences.Count + (upload is null ? 0 : 1), bytes)
    {
        (Occurrences, Upload) = (occurrences, upload);
        Added = new AddedOccurrence?[occurrences.Count];
        Digests = new byte[occurrences.Count][];
        for (var i = 0; i < Digests.Length; i++)
            Digests[i] = SHA256.HashData(occurrences[i].Content);
        registration = cancellationToken.UnsafeRegister(
            static (operation, token) =>
            {
                var self = (CreateOperation)operation!;
                if (self.TryDrop())
                    self.completion.TrySetCanceled(token);
            },
            this);
    }

    public IReadOnlyList<NewOccurrence> Occurrences { get; }

    public NewUpload? Upload { get; }

    /// <summary>SHA-256 of each content.</summary>
    public byte[][] Digests { get; }

    /// <summary>What became of each; complete when the group has been run.</summary>
    public AddedOccurrence?[] Added { get; }

    /// <summary>Why nothing of it is stored; null when all is.</summary>
    public StoreException? Refusal { get; set; }

    public Task<IReadOnlyList<AddedOccurrence>> Completion => completion.Task;

    public static CreateOperation Of(IReadOnlyList<NewOccurrence> occurrences, NewUpload? upload, CancellationToken cancellationToken)
    {
        long bytes = upload?.Content.Length ?? 0;
        for (var i = 0; i < occurrences.Count; i++)
            bytes += occurrences[i].Content.Length + (occurrences[i].Original?.Length ?? 0);
        return new CreateOperation(occurrences, upload, bytes, cancellationToken);
    }

    /// <summary>Forgets what an earlier run made of it.</summary>
    public void Begin()
    {
        Refusal = null;
        Array.Clear(Added);
    }

    /// <summary>Gives the kept outcome to the caller.</summary>
    public void Complete()
    {
        registration.Unregister();
        if (Refusal is null)
            completion.TrySetResult(Added!);
        else
            completion.TrySetException(Refusal);
    }

    /// <summary>Gives a failure to the caller.</summary>
    public void Fail(Exception failure)
    {
        registration.Unregister();
        completion.TrySetException(failure);
    }
}
