using System.CommandLine;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;
using Spectre.Console;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge unmapped</c>: occurrences of a project that concern no known version, with the reason.</summary>
internal static class UnmappedVerb
{
    public static Command Create(GlobalOptions global)
    {
        var project = new Argument<string>("project") { Description = "The project's id." }.RefusingOptions();
        var limit = LimitOption.New();
        var command = new Command("unmapped", "Lists occurrences of a project that concern no known version, oldest first, with the reason.") { project, limit };
        command.SetAction((parsed, cancellationToken) =>
            global.RunAsync(parsed, session => RunAsync(session, parsed.GetValue(project)!, parsed.GetValue(limit)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string project, int limit)
    {
        var request = new ListUnmappedRequest { Parent = ProjectName.Parse(project, "The project"), PageSize = LimitOption.PageSize(limit) };
        var unmapped = await LimitOption.TakeAsync(PagesAsync(session, request), limit, session);
        if (session.Screen.Json)
            unmapped.ForEach(u => session.Screen.JsonLine(ProtoJson.FormatComplete(u)));
        else if (unmapped.Count == 0)
            session.Screen.Line($"Every occurrence of {request.Parent} concerns a known version.");
        else
            session.Screen.Print(Rows(unmapped));

        return ExitCode.Done;
    }

    private static async IAsyncEnumerable<UnmappedOccurrence> PagesAsync(Session session, ListUnmappedRequest request)
    {
        do
        {
            var page = await session.QueryAsync(o => session.Bridge.ListUnmappedAsync(request, o));
            foreach (var occurrence in page.Occurrences)
                yield return occurrence;

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    private static Table Rows(List<UnmappedOccurrence> unmapped)
    {
        var table = Tables.New("Occurrence", "Resource", "Why", "Created");
        foreach (var u in unmapped)
            table.AddRow(Screen.Cell(u.Name), Screen.Cell(u.ResourceUri), Screen.Cell(u.Reason), Screen.Cell(Tables.Time(u.CreateTime)));

        return table;
    }
}
