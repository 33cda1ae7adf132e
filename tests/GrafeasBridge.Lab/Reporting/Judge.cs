using System.Text.Json.Nodes;
using GrafeasBridge.Lab.Rigging;

namespace GrafeasBridge.Lab.Reporting;

/// <summary>Interim: a small end check, until the checker is there.</summary>
internal static class Judge
{
    public static async Task<(int Exit, JsonNode? Verdict)> AskAsync(Rig rig, CancellationToken stop)
    {
        var told = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var stored = new HashSet<string>(StringComparer.Ordinal);
        var proved = new HashSet<string>(StringComparer.Ordinal);
        await foreach (string text in File.ReadLinesAsync(rig.Journal.File, stop))
        {
            JsonNode line = JsonNode.Parse(text)!;
            switch (line["kind"]!.GetValue<string>())
            {
                case "told":
                    if (!told.TryGetValue(line["key"]!.GetValue<string>(), out HashSet<string>? names))
                        told[line["key"]!.GetValue<string>()] = names = new HashSet<string>(StringComparer.Ordinal);
                    names.Add(line["name"]!.GetValue<string>());
                    break;
                case "stored":
                    stored.UnionWith(line["names"]!.AsArray().Select(n => n!.GetValue<string>()));
                    break;
                case "verified":
                    proved.UnionWith(line["occurrences"]!.AsArray().Select(n => n!.GetValue<string>()));
                    break;
            }
        }

        var verdict = new JsonObject
        {
            ["lost"] = told.Values.SelectMany(n => n).Count(n => !stored.Contains(n) || !proved.Contains(n)),
            ["duplicated"] = told.Values.Count(n => n.Count > 1) + stored.Except(told.Values.SelectMany(n => n)).Count(),
        };
        return (verdict["lost"]!.GetValue<int>() + verdict["duplicated"]!.GetValue<int>() > 0 ? 1 : 0, verdict);
    }

    public static IEnumerable<string> Problems(int exit, JsonNode? verdict)
    {
        if (exit != 0)
            yield return $"The checker says {verdict?.ToJsonString()}";
    }

    public static long? Count(JsonNode? verdict, string broken) => verdict?[broken]?.GetValue<int>();

    public static string Words(JsonNode? verdict) => verdict?.ToJsonString() ?? "";
}
