using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GrafeasBridge.Checker.Rules;

namespace GrafeasBridge.Checker.Reporting;

/// <summary>The outcome, for people and as JSON.</summary>
internal static class Report
{
    private const int ShownOfEach = 20;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(Findings findings, IReadOnlyList<string> seeds)
    {
        var text = new StringBuilder();
        foreach (var rule in findings.Kept.GroupBy(f => f.Rule))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{Word(rule.Key)}: {findings.Found[rule.Key]}");
            foreach (var finding in rule.Take(ShownOfEach))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {finding.About}: {finding.Text}");
                foreach (var evidence in finding.Evidence)
                    text.AppendLine(CultureInfo.InvariantCulture, $"    {evidence}");
            }

            if (findings.Found[rule.Key] > ShownOfEach)
                text.AppendLine(CultureInfo.InvariantCulture, $"  and {findings.Found[rule.Key] - ShownOfEach} more");
        }

        foreach ((var what, var number) in findings.Counts)
            text.AppendLine(CultureInfo.InvariantCulture, $"{number,10}  {what}");
        foreach ((var reason, var number) in findings.NotJudged)
            text.AppendLine(CultureInfo.InvariantCulture, $"{number,10}  not judged: {reason}");
        if (seeds.Count > 0)
            text.AppendLine(CultureInfo.InvariantCulture, $"seeds: {string.Join(' ', seeds)}");
        return text.AppendLine(findings.IsClean ? "Every promise was kept." : "Promises were broken.").ToString();
    }

    public static string Json(Findings findings, IReadOnlyList<string> seeds) => new JsonObject
    {
        ["kept"] = findings.IsClean,
        ["found"] = new JsonObject(Enum.GetValues<Rule>().Select(r => KeyValuePair.Create(Word(r), (JsonNode?)findings.Found.GetValueOrDefault(r)))),
        ["counts"] = new JsonObject(findings.Counts.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))),
        ["notJudged"] = new JsonObject(findings.NotJudged.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))),
        ["seeds"] = new JsonArray([.. seeds.Select(s => JsonValue.Create(s))]),
        ["findings"] = new JsonArray([.. findings.Kept.Select(f => new JsonObject
        {
            ["rule"] = Word(f.Rule),
            ["about"] = f.About,
            ["text"] = f.Text,
            ["evidence"] = new JsonArray([.. f.Evidence.Select(e => JsonValue.Create(e))]),
        })]),
    }.ToJsonString(Readable);

    private static string Word(Rule rule) => rule == Rule.OutOfOrder ? "out-of-order" : rule.ToString().ToLowerInvariant();
}
