using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>Keeps what a limiter has learned in the store, so that a restart does not have to learn it again.</summary>
internal sealed class RateLimitPersistence(AdaptiveRateLimiter limiter, IBridgeStore store, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private string? saved;
    private DateTimeOffset next;

    /// <summary>Hands what an earlier process saved to the limiter, once; to be called before the first version is claimed.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        if (saved is not null)
            return;
        var found = await store.FindLearnedAsync(limiter.Name, cancellationToken);
        saved = found ?? "";
        next = clock.GetUtcNow() + Interval;
        if (found is not null)
            limiter.Restore(found);
    }

    public async Task SaveWhenDueAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() >= next)
            await SaveAsync(cancellationToken);
    }

    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        next = clock.GetUtcNow() + Interval;
        if (saved is null || limiter.Save() is not { } now || now == saved)
            return;
        await store.KeepLearnedAsync(limiter.Name, now, cancellationToken);
        saved = now;
    }
}
