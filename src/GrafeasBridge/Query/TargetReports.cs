using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Delivery;
using GrafeasBridge.Store;
using GrafeasBridge.V1;

namespace GrafeasBridge.Query;

/// <summary>How every target of this process does.</summary>
internal sealed class TargetReports(TargetRegistry targets, IBridgeStore store)
{
    public async Task<ListTargetsResponse> ListAsync(CancellationToken cancellationToken)
    {
        var response = new ListTargetsResponse();
        foreach (DeliveryTarget target in targets.All)
        {
            Backlog backlog = await store.BacklogAsync(target.Name, cancellationToken);
            response.Targets.Add(Report(target, backlog));
        }

        return response;
    }

    private static TargetReport Report(DeliveryTarget target, Backlog backlog) => new()
    {
        Name = target.Name,
        Backlog = backlog.Count,
        OldestTime = backlog.OldestDirty is { } oldest ? Timestamp.FromDateTimeOffset(oldest) : null,
        Parked = backlog.Parked,
        Drifted = backlog.Drifted,
        PausedUntil = target.Gate.ClosedUntil is { } until ? Timestamp.FromDateTimeOffset(until) : null,
    };
}
