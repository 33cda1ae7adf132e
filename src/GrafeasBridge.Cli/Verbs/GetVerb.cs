using System.CommandLine;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge get</c>: what one version carries, where it came from, and whether it has arrived.</summary>
internal static class GetVerb
{
    public static Command Create(GlobalOptions global)
    {
        var version = new VersionArgument();
        var command = new Command("get", "Shows what a version carries, where each attribute came from, and whether it has arrived.");
        version.AddTo(command);
        var compare = new Option<bool>("--compare") { Description = "Read the version at the target too, and show how it differs. Needs the role operate." };
        command.Options.Add(compare);
        command.SetAction((parsed, cancellationToken) => global.RunAsync(parsed, session => RunAsync(parsed, version, parsed.GetValue(compare), session), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, VersionArgument argument, bool compare, Session session)
    {
        var v = await argument.ResolveAsync(parsed, session);
        var request = new GetVersionRequest { Target = v.Target, Subject = v.Subject, Repo = v.Repo, Package = v.Package, Version = v.Version, Compare = compare };
        var report = await session.QueryAsync(o => session.Bridge.GetVersionAsync(request, o));
        if (session.Screen.Json)
        {
            session.Screen.JsonLine(ProtoJson.FormatComplete(report));
            return ExitCode.Done;
        }

        session.Screen.Print(Tables.Of(report));
        session.Screen.Print(Tables.Of(report.Attributes));
        if (report.Comparison is { } comparison)
            Show(session.Screen, comparison);
        return ExitCode.Done;
    }

    private static void Show(Screen screen, VersionComparison comparison)
    {
        if (comparison.Problem.Length > 0)
            screen.Line("Not compared: " + comparison.Problem);
        else if (comparison.Equal)
            screen.Line("The target carries exactly this.");
        else
            screen.Print(Tables.Of(comparison.Differences));
    }
}
