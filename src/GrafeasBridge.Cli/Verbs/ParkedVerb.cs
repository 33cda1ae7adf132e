using System.CommandLine;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge parked</c>: the versions that need a person, since when, and why.</summary>
internal static class ParkedVerb
{
    public static Command Create(GlobalOptions global)
    {
        var filter = FilterOption.New();
        var target = new Option<string?>("--target") { Description = "Only this target." };
        var limit = LimitOption.New();
        var command = new Command("parked", "Lists versions that need a person, since when they fail, and why.") { filter, target, limit };
        command.SetAction((parsed, cancellationToken) => global.RunAsync(
            parsed, session => RunAsync(session, parsed.GetValue(filter), parsed.GetValue(target), parsed.GetValue(limit)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string? filter, string? target, int limit)
    {
        var request = new ListVersionsRequest { State = DeliveryState.Parked, Target = target ?? "", Filter = filter ?? "" };
        var versions = await LimitOption.TakeAsync(VersionPages.ReadAsync(session, request, LimitOption.PageSize(limit)), limit, session);
        if (session.Screen.Json)
            versions.ForEach(v => session.Screen.JsonLine(ProtoJson.FormatComplete(v)));
        else if (versions.Count == 0)
            session.Screen.Line(request.Filter.Length + request.Target.Length > 0 ? "No parked version matches." : "No version is parked.");
        else
            session.Screen.Print(Tables.OfParked(versions));

        return ExitCode.Done;
    }
}
