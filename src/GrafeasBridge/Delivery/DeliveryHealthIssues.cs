using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>Health issues of deliveries: targets that do not answer, versions that are late, and those that need a person.</summary>
internal sealed class DeliveryHealthIssues(
    TargetRegistry targets, DeliveryMetrics metrics, IOptions<HealthOptions> settings, TimeProvider clock) : IHealthIssueSource
{
    private readonly HealthOptions options = settings.Value;

    public IEnumerable<HealthIssue> Now() => targets.All.SelectMany(Of);

    private IEnumerable<HealthIssue> Of(DeliveryTarget target)
    {
        if (OfTarget(target.RateLimiter.Status()) is { } trouble)
            yield return trouble;
        if (metrics.Last(target.Name) is not { } backlog)
            yield break;
        if (backlog.OldestDirty is { } oldest && clock.GetUtcNow() - oldest >= options.LateAfter)
            yield return Late(target.Name, backlog, oldest);
        if (backlog.Parked > 0)
        {
            yield return new HealthIssue(
                HealthReasons.VersionsParked, $"{Versions(backlog.Parked)} parked at target {target.Name}; a person must act (gbridge parked).", target.Name,
                Count: backlog.Parked);
        }

        if (backlog.Drifted > 0)
        {
            yield return new HealthIssue(
                HealthReasons.VersionsDrifted, $"{Versions(backlog.Drifted)} no longer carried as verified by target {target.Name}.", target.Name,
                Count: backlog.Drifted);
        }
    }

    private HealthIssue Late(string target, Backlog backlog, DateTimeOffset oldest) => new(
        HealthReasons.DeliveryLate,
        $"The oldest of {backlog.Count} versions not yet verified at target {target} has waited for longer than Health:LateAfter ({options.LateAfter}).",
        target,
        oldest,
        backlog.Count);

    private HealthIssue? OfTarget(TargetStatus status)
    {
        if (status.Trouble is not { } kind || (kind != PauseKind.Unauthorized && status.TroubleFor < options.TroubleAfter))
            return null;
        (var reason, var sentence) = kind switch
        {
            PauseKind.Unauthorized => (HealthReasons.TargetUnauthorized, $"Target {status.Target} refuses the credentials of the bridge."),
            PauseKind.Throttled => (HealthReasons.TargetThrottled, $"Target {status.Target} takes no more calls for now: its call limit is used up."),
            _ => (HealthReasons.TargetUnreachable, $"Target {status.Target} cannot be reached, or fails whatever it is asked."),
        };
        return new HealthIssue(reason, sentence, status.Target, clock.GetUtcNow() - status.TroubleFor);
    }

    private static string Versions(long count) => count == 1 ? "1 version is" : $"{count} versions are";
}
