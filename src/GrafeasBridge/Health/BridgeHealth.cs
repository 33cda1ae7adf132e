using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrafeasBridge.Health;

/// <summary>How the bridge is at one moment.</summary>
/// <param name="Refusals">Why it cannot serve; none when it can.</param>
/// <param name="Degraded">What somebody should look at though it serves.</param>
internal sealed record HealthState(IReadOnlyList<HealthIssue> Refusals, IReadOnlyList<HealthIssue> Degraded)
{
    public bool IsReady => Refusals.Count == 0;

    public IEnumerable<HealthIssue> All => Refusals.Concat(Degraded);
}

/// <summary>Checks everything that health is made of. One check serves /readyz, gRPC, the log and the gauges.</summary>
internal sealed class BridgeHealth(StoreHealth store, Drain drain, IEnumerable<IHealthIssueSource> sources)
{
    public async Task<HealthState> CheckAsync(CancellationToken cancellationToken)
    {
        var refusals = new List<HealthIssue>();
        if (drain.Since is { } since)
            refusals.Add(new HealthIssue(HealthReasons.Stopping, "The bridge is stopping and finishes calls and deliveries in progress.", Since: since));
        if (await store.ProveAsync(cancellationToken) is { } refused)
            refusals.Add(new HealthIssue(HealthReasons.StoreUnavailable, refused));
        return new HealthState(refusals, [.. sources.SelectMany(source => source.Now())]);
    }
}

/// <summary>Ready: a write reaches stable storage, and no stop has begun. Carries the whole state for <see cref="HealthTransitionLog"/>.</summary>
internal sealed class ReadinessCheck(BridgeHealth health) : IHealthCheck
{
    public const string Name = "ready";
    public const string State = "state";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = await health.CheckAsync(cancellationToken);
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { [State] = state };
        return state.IsReady
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Unhealthy(string.Join(' ', state.Refusals.Select(r => r.Message)), data: data);
    }
}

/// <summary>Healthy while a component has no issue; gRPC clients watch it by a name of its own.</summary>
internal sealed class ComponentHealthCheck<T>(T component) : IHealthCheck
    where T : IHealthIssueSource
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        string[] issues = [.. component.Now().Select(c => c.Message)];
        return Task.FromResult(issues.Length == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(string.Join(' ', issues)));
    }
}
