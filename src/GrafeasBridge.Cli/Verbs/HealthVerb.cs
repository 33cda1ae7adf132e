using System.CommandLine;
using System.Text.Json;
using GrafeasBridge.Cli.Output;
using Grpc.Health.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge health</c>: is the service there, and can it store?</summary>
internal static class HealthVerb
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("health", "Asks whether the service is ready. Ends with 0 when it is, else with 4.");
        command.SetAction((parsed, cancellationToken) => global.RunAsync(parsed, RunAsync, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session)
    {
        HealthCheckResponse answer = await session.AskAsync(o => session.Health.CheckAsync(new HealthCheckRequest(), o));
        bool serving = answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
        string server = session.Server.GetLeftPart(UriPartial.Authority);
        if (session.Screen.Json)
            session.Screen.JsonLine(JsonSerializer.Serialize(new HealthLine(server, serving ? "serving" : "not serving"), JsonLines.Readable.HealthLine));
        else
            session.Screen.Line(serving ? $"{server} is serving." : $"{server} answers, but is not ready. Its log says why.");

        return serving ? ExitCode.Done : ExitCode.NotReachable;
    }
}
