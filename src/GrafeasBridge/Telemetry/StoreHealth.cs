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
    private readonly Lock gate = new();
    private Task<HealthCheckResult>? proof;
    private long startedAt;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            bool stale = proof is null || (proof.IsCompleted && clock.GetElapsedTime(startedAt) >= Fresh);
            if (stale)
            {
                startedAt = clock.GetTimestamp();
                // Shared by everybody who asks meanwhile, so it does not end when the first of them hangs up.
                proof = ProveAsync(CancellationToken.None);
            }

            return proof!.WaitAsync(cancellationToken);
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
