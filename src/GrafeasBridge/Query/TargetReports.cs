using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Store;
using GrafeasBridge.V1;

namespace GrafeasBridge.Query;

/// <summary>How every target of this process does.</summary>
internal sealed class TargetReports(TargetRegistry targets, IBridgeStore store)
{
    public async Task<ListTargetsResponse> ListAsync(CancellationToken cancellationToken)
    {
        var response = new ListTargetsResponse();
        foreach (var target in targets.All)
        {
            var backlog = await store.BacklogAsync(target.Name, cancellationToken);
            response.Targets.Add(Report(target.RateLimiter.Status(), backlog));
        }

        return response;
    }

    private static TargetReport Report(TargetStatus status, Backlog backlog) => new()
    {
        Name = status.Target,
        Backlog = backlog.Count,
        OldestTime = backlog.OldestDirty is { } oldest ? Timestamp.FromDateTimeOffset(oldest) : null,
        Parked = backlog.Parked,
        Drifted = backlog.Drifted,
        PausedUntil = status.PausedUntil is { } until ? Timestamp.FromDateTimeOffset(until) : null,
        PauseReason = status.Reason,
        Limit = status.Limit is { } limit ? Limit(limit) : null,
        Concurrency = status.Concurrency,
        CallsPerVersion = status.CallsPerVersion,
        TimeToDrain = status.TimeToDrain is { } drain ? Duration.FromTimeSpan(drain) : null,
    };

    private static V1.CallLimit Limit(Delivery.RateLimiting.CallLimit limit) => new()
    {
        Calls = limit.Calls,
        Window = Duration.FromTimeSpan(limit.Window),
        Source = limit.Source.ToString(),
    };
}
