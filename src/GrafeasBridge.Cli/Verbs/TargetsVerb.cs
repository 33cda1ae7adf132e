using System.CommandLine;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge targets</c>: what waits for each target, and how it does.</summary>
internal static class TargetsVerb
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("targets", "Shows what waits for each target, whether it is paused, its call limit, and how long the backlog will take.");
        command.SetAction((parsed, cancellationToken) => global.RunAsync(parsed, RunAsync, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session)
    {
        var response = await session.QueryAsync(o => session.Bridge.ListTargetsAsync(new ListTargetsRequest(), o));
        if (session.Screen.Json)
        {
            foreach (var target in response.Targets)
                session.Screen.JsonLine(ProtoJson.FormatComplete(target));
        }
        else
        {
            session.Screen.Print(Tables.Of(response.Targets));
        }

        return ExitCode.Done;
    }
}
