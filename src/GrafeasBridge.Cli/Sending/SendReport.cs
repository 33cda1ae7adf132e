using System.Text.Json;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;
using Spectre.Console;

namespace GrafeasBridge.Cli.Sending;

/// <summary>Prints what became of everything that was sent: a table, or a line of JSON each.</summary>
internal static class SendReport
{
    private const int NamesInProblem = 5;

    public static void Print(Screen screen, IReadOnlyList<SendResult> results, bool waited)
    {
        if (screen.Json)
        {
            foreach (var result in results)
                screen.JsonLine(JsonSerializer.Serialize(Line(result), JsonLines.Readable.SentLine));
        }
        else
        {
            PrintTable(screen, results);
        }

        PrintProblems(screen, results, waited);
    }

    private static void PrintTable(Screen screen, IReadOnlyList<SendResult> results)
    {
        var table = Tables.New("File", "Occurrence", "Answer", "Version", "State");
        foreach (var result in results)
        {
            (var version, var state) = Where(result);
            var answer = new Style(result.Failure is null ? Color.Green : Color.Red);
            table.AddRow(
                Screen.Cell(result.Item.InputLocation.ToString()),
                Screen.Cell(result.Name ?? ""),
                Screen.Cell(result.Failure?.Code ?? (result.Repeated ? "OK (known)" : "OK"), answer),
                Screen.Cell(version),
                Screen.Cell(state));
        }

        screen.Print(table);
    }

    private static (string Version, string State) Where(SendResult result)
    {
        if (result.Delivery is not { } delivery)
            return ("", "");
        if (delivery.Versions.Count == 0)
            return ("", $"unmapped: {delivery.UnmappedReason}");

        var states = string.Join('\n', delivery.Versions.Select(v => Tables.Name(v.State)));
        return (string.Join('\n', delivery.Versions.Select(Tables.Path)), states);
    }

    private static void PrintProblems(Screen screen, IReadOnlyList<SendResult> results, bool waited)
    {
        // A service that is away says the same of every file: once is enough.
        foreach (var alike in results.Where(r => r.Failure is not null).GroupBy(r => r.Failure!.ToString(), StringComparer.Ordinal))
            screen.Error($"{Origins([.. alike])}: {alike.Key}");

        foreach (var result in results.Where(r => r.Undelivered))
            screen.Error($"{result.Item.InputLocation}: not delivered. {Unfinished(result)}");

        foreach (var result in results.Where(r => r.ReceiptFailure is not null))
            screen.Error($"{result.Item.InputLocation}: accepted as {result.Name}, but there is no receipt. {result.ReceiptFailure}");

        // One sentence for all: a key that may not read is no failure of sending.
        var unseen = results.Select(r => r.DeliveryFailure).FirstOrDefault(f => f is not null);
        if (unseen is not null)
            screen.Error($"{(waited ? "Cannot wait" : "Accepted, but the versions cannot be shown")}: {unseen}");
    }

    private static string Origins(List<SendResult> results) =>
        string.Join(", ", results.Take(NamesInProblem).Select(r => r.Item.InputLocation))
        + (results.Count > NamesInProblem ? $" and {results.Count - NamesInProblem} more" : "");

    private static string Unfinished(SendResult result) => result.Delivery is null
        ? "The service did not say where it went before the time was over."
        : string.Join(' ', result.Delivery.Versions
            .Where(v => v.State != DeliveryState.Verified)
            .Select(v => $"{Tables.Path(v)} is {Tables.Name(v.State)}{(v.LastReason.Length > 0 ? ": " + Tables.Last(v) : ".")}"));

    private static SentVersion Version(VersionSummary v) =>
        new(v.Target, v.Subject, v.Repo, v.Package, v.Version, Tables.Name(v.State), Tables.Last(v));

    private static SentLine Line(SendResult result) => new(
        result.Item.InputLocation.File,
        result.Item.InputLocation.Index,
        result.Item.Occurrence is null ? null : result.Name,
        result.Item.Occurrence is null ? result.Name : null,
        result.Failure?.Code ?? "OK",
        result.Failure?.Message,
        result.Failure is { Fields.Count: > 0 } failure ? [.. failure.Fields.Select(f => new SentField(f.Field, f.Description))] : null,
        result.RequestId,
        result.Repeated,
        result.Delivery?.Versions.Select(Version).ToList(),
        result.Delivery is { UnmappedReason.Length: > 0 } unmapped ? unmapped.UnmappedReason : null);
}
