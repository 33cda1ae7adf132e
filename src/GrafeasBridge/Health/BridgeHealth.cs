using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrafeasBridge.Health;

/// <summary>How the bridge is at one moment.</summary>
/// <param name="Refusals">Why it cannot serve; none when it can.</param>
/// <param name="Degraded">What somebody should look at though it serves.</param>
internal sealed record HealthState(IReadOnlyList<Complaint> Refusals, IReadOnlyList<Complaint> Degraded)
{
    public bool IsReady => Refusals.Count == 0;

    public IEnumerable<Complaint> All => Refusals.Concat(Degraded);
}

/// <summary>Looks at everything that health is made of. One look serves /readyz, gRPC, the log and the gauges.</summary>
internal sealed class BridgeHealth(StoreHealth store, Drain drain, IEnumerable<IComplaints> rooms)
{
    public async Task<HealthState> LookAsync(CancellationToken cancellationToken)
    {
        var refusals = new List<Complaint>();
        if (drain.Since is { } since)
            refusals.Add(new Complaint(Reasons.Stopping, "The bridge is stopping and finishes calls and deliveries in progress.", Since: since));
        if (await store.ProveAsync(cancellationToken) is { } refused)
            refusals.Add(new Complaint(Reasons.StoreUnavailable, refused));
        return new HealthState(refusals, [.. rooms.SelectMany(room => room.Now())]);
    }
}

/// <summary>Ready: a write reaches stable storage, and no stop has begun. Carries the whole state for <see cref="HealthNews"/>.</summary>
internal sealed class ReadyCheck(BridgeHealth health) : IHealthCheck
{
    public const string Name = "ready";
    public const string State = "state";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = await health.LookAsync(cancellationToken);
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { [State] = state };
        return state.IsReady
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Unhealthy(string.Join(' ', state.Refusals.Select(r => r.Message)), data: data);
    }
}

/// <summary>A room with nothing to complain about, for gRPC clients that watch it by a name of its own.</summary>
internal sealed class RoomCheck<T>(T room) : IHealthCheck
    where T : IComplaints
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        string[] complaints = [.. room.Now().Select(c => c.Message)];
        return Task.FromResult(complaints.Length == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(string.Join(' ', complaints)));
    }
}
