using System.CommandLine;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge explain</c>: a dry run by the service; nothing is stored.</summary>
internal static class ExplainVerb
{
    public static Command Create(GlobalOptions global)
    {
        var file = new Argument<string>("file") { Description = "A JSON file as for send, or - for standard input." }.RefusingOptions();
        var project = new Option<string?>("--project") { Description = "The project for whatever does not name its own.", HelpName = "id" };
        var command = new Command(
            "explain",
            "Shows what would become of occurrences, without sending them: versions, attributes, and every problem. "
            + "Ends with 2 when one would be refused.")
        {
            file, project,
        };
        command.SetAction((parsed, cancellationToken) =>
            global.RunAsync(parsed, session => RunAsync(session, parsed.GetValue(file)!, parsed.GetValue(project)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string file, string? project)
    {
        var parent = project is null ? null : ProjectName.Parse(project, "--project");
        var worst = ExitCode.Done;
        foreach (var item in await OccurrenceFile.ReadAsync(file, session.Token))
            worst = ExitCode.Worst([worst, await ExplainAsync(session, item, parent)]);

        return worst;
    }

    private static async Task<int> ExplainAsync(Session session, SendItem item, string? parent)
    {
        var problem = item.Problem
            ?? (item.Occurrence is null ? "holds a note and no occurrence." : null)
            ?? ((item.Parent ?? parent) is null ? "names no project. Add --project." : null);
        if (problem is not null)
        {
            session.Screen.Error($"{item.InputLocation}: {problem}");
            return ExitCode.BadInput;
        }

        var request = new ExplainRequest { Parent = item.Parent ?? parent, Occurrence = item.Occurrence };
        var explained = await session.QueryAsync(o => session.Bridge.ExplainAsync(request, o));
        if (session.Screen.Json)
            session.Screen.JsonLine(ProtoJson.FormatComplete(explained));
        else
            Print(session.Screen, item, explained);

        return explained.Problems.Count > 0 ? ExitCode.BadInput : ExitCode.Done;
    }

    private static void Print(Screen screen, SendItem item, ExplainResponse explained)
    {
        screen.Line($"{item.InputLocation}: {item.Occurrence!.ResourceUri}");
        foreach (var problem in explained.Problems)
            screen.Line($"  would be refused: {problem}");
        if (explained.UnmappedReason.Length > 0)
            screen.Line($"  unmapped: {explained.UnmappedReason}");

        foreach (var version in explained.Versions)
        {
            screen.Line($"  {version.Subject}/{version.Repo}/{version.Package}/{version.Version} (resolver {version.Resolver})");
            screen.Print(Tables.Of(version.Attributes));
        }
    }
}
