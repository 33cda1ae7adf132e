using System.Globalization;
using GrafeasBridge.Cli.Connecting;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge redeliver --filter</c>: counts first, asks for confirmation, then marks.</summary>
internal static class BulkRedelivery
{
    // Bounded, so that each call is short.
    private const int VersionsPerCall = 10_000;

    public static async Task<int> RunAsync(string filter, bool dryRun, bool yes, Session session)
    {
        if (dryRun || !yes)
        {
            var would = await AllAsync(filter, dryRun: true, session);
            if (dryRun || would.Matched == 0)
                return Show(would, dryRun: true, session.Screen);
            if (Console.IsInputRedirected)
                throw CliException.BadInput($"{Count(would.Matched)} match. Nobody is there to ask: say --yes to redeliver them, --dry-run to see them.");
            if (!Confirms(would, session.Screen))
                return Declined(session.Screen);
        }

        return Show(await AllAsync(filter, dryRun: false, session), dryRun: false, session.Screen);
    }

    /// <summary>Every call's counts together, and the first sample.</summary>
    private static async Task<RedeliverVersionsResponse> AllAsync(string filter, bool dryRun, Session session)
    {
        var request = new RedeliverVersionsRequest { Filter = filter, ValidateOnly = dryRun, MaxVersions = VersionsPerCall };
        RedeliverVersionsResponse? sum = null;
        do
        {
            // What was marked already no longer matches, or is marked once more: the same either way.
            var part = await session.CallAsync(
                RetryPolicy.Sending, o => session.Bridge.RedeliverVersionsAsync(request, o), requestId: null);
            request.PageToken = part.NextPageToken;
            if (sum is null)
            {
                sum = part;
                continue;
            }

            sum.Matched += part.Matched;
            sum.Marked += part.Marked;
            sum.Skipped += part.Skipped;
            if (sum.Sample.Count == 0)
                sum.Sample.AddRange(part.Sample);
        }
        while (request.PageToken.Length > 0);

        sum.NextPageToken = "";
        return sum;
    }

    private static int Show(RedeliverVersionsResponse response, bool dryRun, Screen screen)
    {
        if (screen.Json)
        {
            screen.JsonLine(ProtoJson.FormatComplete(response));
            return ExitCode.Done;
        }

        if (response.Sample.Count > 0)
            screen.Print(Tables.Of(response.Sample));
        var more = response.Matched > response.Sample.Count && response.Sample.Count > 0 ? $" The first {response.Sample.Count} are shown." : "";
        var changed = response.Skipped > 0 ? $", {Count(response.Skipped)} had changed meanwhile" : "";
        screen.Line(response switch
        {
            { Matched: 0 } => "No version matches.",
            _ when dryRun => $"{Count(response.Matched)} would be redelivered.{more}",
            _ => $"{Count(response.Marked)} will be redelivered{changed}.{more}",
        });
        return ExitCode.Done;
    }

    private static bool Confirms(RedeliverVersionsResponse would, Screen screen)
    {
        // On standard error: the results may go to a file while a person answers.
        screen.Error($"Redeliver {Count(would.Matched)}, such as {Tables.Path(would.Sample[0])}? Type yes:");
        return Console.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private static int Declined(Screen screen)
    {
        screen.Error("Nothing was changed.");
        return ExitCode.Done;
    }

    private static string Count(long number) =>
        number == 1 ? "1 version" : number.ToString(CultureInfo.InvariantCulture) + " versions";
}
