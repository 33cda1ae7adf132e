using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>Counts the backlog of a target now and then, for the metrics and for how long it will take.</summary>
internal sealed class BacklogSampler(DeliveryTarget target, IBridgeStore store, DeliveryMetrics metrics, TimeSpan interval, TimeProvider clock)
{
    private DateTimeOffset next = DateTimeOffset.MinValue;

    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() < next)
            return;
        next = clock.GetUtcNow() + interval;
        var backlog = await store.BacklogAsync(target.Name, cancellationToken);
        metrics.Sampled(target.Name, backlog);
        target.RateLimiter.Sampled(backlog.Count);
    }
}
