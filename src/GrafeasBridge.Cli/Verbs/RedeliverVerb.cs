using System.CommandLine;
using GrafeasBridge.Cli.Connecting;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge redeliver</c>: starts the delivery of one version, or of many, again.</summary>
internal static class RedeliverVerb
{
    public static Command Create(GlobalOptions global)
    {
        var version = new VersionArgument();
        var filter = FilterOption.New();
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be redelivered, and change nothing." };
        var yes = new Option<bool>("--yes") { Description = "Redeliver all that the filter matches without asking." };
        var command = new Command(
            "redeliver", "Starts the delivery of a version, or of all that a filter matches, again, parked or not, with the attempts set back to zero.");
        version.AddTo(command);
        foreach (var option in new Option[] { filter, dryRun, yes })
            command.Options.Add(option);
        command.SetAction((parsed, cancellationToken) => global.RunAsync(
            parsed,
            session => parsed.GetValue(filter) is not { } chosen ? OneAsync(parsed, version, parsed.GetValue(dryRun), session)
                : version.IsLeftOut(parsed) ? BulkRedelivery.RunAsync(chosen, parsed.GetValue(dryRun), parsed.GetValue(yes), session)
                : throw CliException.BadInput("Give either a version or --filter, not both; a filter says target=\"…\" and package=\"…\" itself."),
            cancellationToken));
        return command;
    }

    private static async Task<int> OneAsync(ParseResult parsed, VersionArgument argument, bool dryRun, Session session)
    {
        var v = await argument.ResolveAsync(parsed, session);
        var shown = dryRun ? await AsItStandsAsync(v, session) : await MarkAsync(v, session);
        if (session.Screen.Json)
            session.Screen.JsonLine(ProtoJson.FormatComplete(shown));
        else
            session.Screen.Print(Tables.Of([shown]));

        return ExitCode.Done;
    }

    private static async Task<VersionSummary> AsItStandsAsync(VersionSummary v, Session session)
    {
        var request = new GetVersionRequest { Target = v.Target, Subject = v.Subject, Repo = v.Repo, Package = v.Package, Version = v.Version };
        return (await session.QueryAsync(o => session.Bridge.GetVersionAsync(request, o))).Summary;
    }

    private static Task<VersionSummary> MarkAsync(VersionSummary v, Session session)
    {
        var request = new RedeliverRequest { Target = v.Target, Subject = v.Subject, Repo = v.Repo, Package = v.Package, Version = v.Version };
        // Marking a version dirty twice is marking it once.
        return session.CallAsync(RetryPolicy.Sending, o => session.Bridge.RedeliverAsync(request, o), requestId: null);
    }
}
