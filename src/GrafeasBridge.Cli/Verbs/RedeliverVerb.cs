using System.CommandLine;
using GrafeasBridge.Cli.Connecting;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge redeliver</c>: starts a version's delivery again, parked or not.</summary>
internal static class RedeliverVerb
{
    public static Command Create(GlobalOptions global)
    {
        var version = new VersionArgument();
        var command = new Command("redeliver", "Starts the delivery of a version again, parked or not, with its attempts set back to zero.");
        version.AddTo(command);
        command.SetAction((parsed, cancellationToken) => global.RunAsync(parsed, session => RunAsync(parsed, version, session), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, VersionArgument argument, Session session)
    {
        VersionSummary v = await argument.ResolveAsync(parsed, session);
        var request = new RedeliverRequest { Target = v.Target, Subject = v.Subject, Repo = v.Repo, Package = v.Package, Version = v.Version };
        // Marking a version dirty twice is marking it once.
        VersionSummary marked = await session.CallAsync(RetryPolicy.Sending, o => session.Bridge.RedeliverAsync(request, o), requestId: null);
        if (session.Screen.Json)
            session.Screen.JsonLine(ProtoJson.FormatComplete(marked));
        else
            session.Screen.Print(Tables.Of([marked]));

        return ExitCode.Done;
    }
}
