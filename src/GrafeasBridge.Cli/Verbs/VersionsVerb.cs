using System.CommandLine;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge versions</c>: which versions there are, by place, state, commit or digest.</summary>
internal static class VersionsVerb
{
    public static Command Create(GlobalOptions global)
    {
        var filter = new VersionFilterOptions();
        var limit = LimitOption.New();
        var command = new Command("versions", "Lists versions, narrowed by whatever is given.") { limit };
        filter.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            global.RunAsync(parsed, session => RunAsync(session, filter.Read(parsed), parsed.GetValue(limit)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session, ListVersionsRequest filter, int limit)
    {
        var versions = await LimitOption.TakeAsync(VersionPages.ReadAsync(session, filter, LimitOption.PageSize(limit)), limit, session);
        if (session.Screen.Json)
            versions.ForEach(v => session.Screen.JsonLine(ProtoJson.FormatComplete(v)));
        else if (versions.Count == 0)
            session.Screen.Line("No version matches.");
        else
            session.Screen.Print(Tables.Of(versions));

        return ExitCode.Done;
    }
}
