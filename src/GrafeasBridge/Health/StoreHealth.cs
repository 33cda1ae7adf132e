using GrafeasBridge.Store;

namespace GrafeasBridge.Health;

/// <summary>
/// Proves that a write reaches stable storage now, by making one. Anyone may ask, so at most one proof is made a second and
/// everybody else gets its result.
/// </summary>
internal sealed class StoreHealth(IBridgeStore store, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private Task<string?>? proof;
    private long startedAt;

    /// <returns>Why nothing can be stored; null when it can.</returns>
    public Task<string?> ProveAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var stale = proof is null || (proof.IsCompleted && clock.GetElapsedTime(startedAt) >= Fresh);
            if (stale)
            {
                startedAt = clock.GetTimestamp();
                // Shared by everybody who asks meanwhile, so it does not end when the first of them hangs up.
                proof = WriteAsync();
            }

            return proof!.WaitAsync(cancellationToken);
        }
    }

    private async Task<string?> WriteAsync()
    {
        try
        {
            await store.CheckWritableAsync(CancellationToken.None);
            return null;
        }
        catch (StoreException refused)
        {
            return refused.Message;
        }
    }
}
