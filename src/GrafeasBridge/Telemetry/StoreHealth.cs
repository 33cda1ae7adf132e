using GrafeasBridge.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrafeasBridge.Telemetry;

/// <summary>
/// Ready means that a write reaches stable storage now, proved by making one. Anyone may ask, so at most one proof is made a
/// second and everybody else gets its result.
/// </summary>
internal sealed class StoreHealth(IBridgeStore store, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    // Never disposed: at a stop a proof may still be under way, and without a wait handle there is nothing to free.
    private readonly SemaphoreSlim gate = new(1);
    private HealthCheckResult last;
    private long? checkedAt;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (checkedAt is { } at && clock.GetElapsedTime(at) < Fresh)
                return last;
            last = await ProveAsync(cancellationToken);
            checkedAt = clock.GetTimestamp();
            return last;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<HealthCheckResult> ProveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.CheckWritableAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreException refused)
        {
            return HealthCheckResult.Unhealthy(refused.Message);
        }
    }
}
