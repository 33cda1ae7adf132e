using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using GrafeasBridge.Lab.Rigging;

namespace GrafeasBridge.Lab.Reporting;

/// <summary>Asks the checker, a program that knows only the journal and the target, and reads its report.</summary>
internal static class Judge
{
    private const int NotJudged = 2;
    private const int ShownFindings = 5;

    private static readonly string Program = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory,
        typeof(Judge).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "CheckerAssembly").Value!));

    /// <returns>0: every promise was kept; 1: some were not.</returns>
    public static async Task<(int Exit, JsonNode? Verdict)> AskAsync(Rig rig, CancellationToken stop)
    {
        rig.Journal.Flush();
        var file = Path.Combine(rig.Folder, "verdict.json");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Program, "--journal", rig.Journal.File, "--target", rig.EmulatorUrl.ToString(), "--keys", rig.KeysUrl.ToString(), "--json", file,
                "--skew", rig.Skew.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture),
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var checker = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var told = checker.StandardOutput.ReadToEndAsync(stop);
        var complained = checker.StandardError.ReadToEndAsync(stop);
        await checker.WaitForExitAsync(stop);
        if (checker.ExitCode == NotJudged || !File.Exists(file))
            throw new InvalidOperationException($"The checker cannot judge this. {await complained}{await told}");
        return (checker.ExitCode, JsonNode.Parse(await File.ReadAllTextAsync(file, stop)));
    }

    /// <summary>What was not kept, a sentence each; the first ones.</summary>
    public static IEnumerable<string> Problems(int exit, JsonNode? verdict)
    {
        if (exit == 0)
            return [];
        return
        [
            $"The checker says: {Words(verdict)}.",
            .. verdict!["findings"]!.AsArray().Take(ShownFindings).Select(one => one!.ToJsonString()),
        ];
    }

    /// <summary>How many findings of a kind there are; null when there is no verdict.</summary>
    public static long? Count(JsonNode? verdict, string rule) => verdict?["found"]?[rule]?.GetValue<long>();

    /// <summary>What was found, in one line.</summary>
    public static string Words(JsonNode? verdict)
    {
        string[] found = [.. (verdict?["found"]?.AsObject() ?? []).Where(one => one.Value!.GetValue<long>() > 0).Select(one => $"{one.Value} {one.Key}")];
        return found.Length == 0 ? "nothing broken" : string.Join(", ", found);
    }
}
