using System.CommandLine;
using System.Text.Json;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;
using Grpc.Core;
using Grpc.Health.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge health</c>: is the service there, can it store, and why is it degraded?</summary>
internal static class HealthVerb
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("health", "Asks whether the service is ready, and why it is degraded. Ends with 0 when it serves, degraded or not, else with 4.");
        command.SetAction((parsed, cancellationToken) => global.RunAsync(parsed, RunAsync, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session)
    {
        var report = await FetchAsync(session);
        var serving = report.Status != HealthReport.Types.Status.NotReady;
        var server = session.Server.GetLeftPart(UriPartial.Authority);
        if (session.Screen.Json)
        {
            HealthReasonLine[] reasons = [.. report.Reasons.Select(r => new HealthReasonLine(
                r.Reason, r.Message, r.Target.Length > 0 ? r.Target : null, r.Since?.ToDateTimeOffset(), r.Count > 0 ? r.Count : null))];
            var line = new HealthLine(server, Word(report.Status), reasons.Length > 0 ? reasons : null);
            session.Screen.JsonLine(JsonSerializer.Serialize(line, JsonLines.Readable.HealthLine));
        }
        else
        {
            session.Screen.Line(server + Sentence(report));
            foreach (var reason in report.Reasons)
                session.Screen.Line($"  {reason.Reason}: {reason.Message}");
        }

        return serving ? ExitCode.Done : ExitCode.NotReachable;
    }

    /// <summary>A service without health reports is asked by the standard gRPC health check.</summary>
    private static async Task<HealthReport> FetchAsync(Session session)
    {
        try
        {
            return await session.QueryAsync(o => session.HealthReports.GetHealthAsync(new GetHealthRequest(), o));
        }
        catch (RpcException older) when (older.StatusCode is StatusCode.Unimplemented or StatusCode.Unauthenticated)
        {
            var answer = await session.QueryAsync(o => session.Health.CheckAsync(new HealthCheckRequest(), o));
            var serving = answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
            return new HealthReport { Status = serving ? HealthReport.Types.Status.Ready : HealthReport.Types.Status.NotReady };
        }
    }

    private static string Word(HealthReport.Types.Status status) => status switch
    {
        HealthReport.Types.Status.NotReady => "not serving",
        HealthReport.Types.Status.Degraded => "degraded",
        _ => "serving",
    };

    private static string Sentence(HealthReport report) => report.Status switch
    {
        HealthReport.Types.Status.NotReady => report.Reasons.Count > 0 ? " answers, but is not ready:" : " answers, but is not ready. Its log says why.",
        HealthReport.Types.Status.Degraded => " is serving, but degraded:",
        _ => " is serving.",
    };
}
