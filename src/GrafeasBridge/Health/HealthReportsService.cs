using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Telemetry;
using GrafeasBridge.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace GrafeasBridge.Health;

/// <summary>Health issues for programs: grpc.health.v1 has no field for reasons.</summary>
[AllowAnonymous]
internal sealed class HealthReportsService(BridgeHealth health) : HealthReports.HealthReportsBase
{
    public override async Task<HealthReport> GetHealth(GetHealthRequest request, ServerCallContext context)
    {
        var state = await health.CheckAsync(context.CancellationToken);
        return new HealthReport
        {
            Status = !state.IsReady ? HealthReport.Types.Status.NotReady
                : state.Degraded.Count > 0 ? HealthReport.Types.Status.Degraded : HealthReport.Types.Status.Ready,
            Reasons = { state.All.Select(Reason) },
        };
    }

    private static HealthReason Reason(HealthIssue issue) => new()
    {
        Reason = issue.Reason,
        Message = issue.Message,
        Target = issue.Target ?? "",
        Since = issue.Since is { } since ? Timestamp.FromDateTimeOffset(since) : null,
        Count = issue.Count ?? 0,
    };
}
