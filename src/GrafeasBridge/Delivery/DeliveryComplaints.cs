using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>What ails deliveries: targets that do not answer, versions that are late, and those that need a person.</summary>
internal sealed class DeliveryComplaints(
    TargetRegistry targets, DeliveryMetrics metrics, IOptions<HealthOptions> settings, TimeProvider clock) : IComplaints
{
    private readonly HealthOptions options = settings.Value;

    public IEnumerable<Complaint> Now() => targets.All.SelectMany(Of);

    private IEnumerable<Complaint> Of(DeliveryTarget target)
    {
        if (OfTarget(target.RateLimiter.Status()) is { } trouble)
            yield return trouble;
        if (metrics.Last(target.Name) is not { } backlog)
            yield break;
        if (backlog.OldestDirty is { } oldest && clock.GetUtcNow() - oldest >= options.LateAfter)
            yield return Late(target.Name, backlog, oldest);
        if (backlog.Parked > 0)
        {
            yield return new Complaint(
                Reasons.VersionsParked, $"{Versions(backlog.Parked)} parked at target {target.Name}; a person must act (gbridge parked).", target.Name,
                Count: backlog.Parked);
        }

        if (backlog.Drifted > 0)
        {
            yield return new Complaint(
                Reasons.VersionsDrifted, $"{Versions(backlog.Drifted)} no longer carried as verified by target {target.Name}.", target.Name,
                Count: backlog.Drifted);
        }
    }

    private Complaint Late(string target, Backlog backlog, DateTimeOffset oldest) => new(
        Reasons.DeliveryLate,
        $"The oldest of {backlog.Count} versions not yet verified at target {target} has waited for longer than Health:LateAfter ({options.LateAfter}).",
        target,
        oldest,
        backlog.Count);

    private Complaint? OfTarget(TargetStatus status)
    {
        if (status.Trouble is not { } kind || (kind != PauseKind.Unauthorized && status.TroubleFor < options.TroubleAfter))
            return null;
        (var reason, var sentence) = kind switch
        {
            PauseKind.Unauthorized => (Reasons.TargetUnauthorized, $"Target {status.Target} refuses the credentials of the bridge."),
            PauseKind.Throttled => (Reasons.TargetThrottled, $"Target {status.Target} takes no more calls for now: its call limit is used up."),
            _ => (Reasons.TargetUnreachable, $"Target {status.Target} cannot be reached, or fails whatever it is asked."),
        };
        return new Complaint(reason, sentence, status.Target, clock.GetUtcNow() - status.TroubleFor);
    }

    private static string Versions(long count) => count == 1 ? "1 version is" : $"{count} versions are";
}
