using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Paths into answers and what is wanted there, as tests/conformance writes them.</summary>
internal static partial class CaseMatcher
{
    /// <summary>Follows a path such as <c>a.b[0].c</c>, <c>a[*].b</c> (collects) or <c>a["k.x"]</c>; null when nothing is there.</summary>
    public static JsonNode? At(JsonNode root, string path)
    {
        List<JsonNode> here = [root];
        var collects = false;
        foreach (Match step in Steps().Matches(path))
        {
            var text = step.Value;
            if (text == "[*]")
            {
                collects = true;
                here = [.. here.OfType<JsonArray>().SelectMany(list => list).OfType<JsonNode>()];
            }
            else
            {
                here = [.. here.Select(node => Child(node, text)).OfType<JsonNode>()];
            }
        }

        return collects ? new JsonArray([.. here.Select(node => node.DeepClone())]) : here.FirstOrDefault();
    }

    /// <returns>Why it does not match; null when it does.</returns>
    public static string? Mismatch(JsonNode? got, JsonNode? want)
    {
        if (want is not JsonObject { Count: > 0 } matcher)
            return Same(got, want) ? null : Differs(got, want);
        (var key, var value) = matcher.First();
        switch (key)
        {
            case "$exists": return (got is not null) == (bool)value! ? null : $"existence is {got is not null}";
            case "$count": return Count(got) == (int)value! ? null : $"count is {Count(got)}, not {value}";
            case "$regex": return got is JsonValue && Matches((string)got!, (string)value!) ? null : Differs(got, value);
            case "$not": return Mismatch(got, value) is null ? $"{Short(got)} must differ" : null;
            case "$gte_time": return got is not null && Time(got) >= Time(value!) ? null : Differs(got, value);
            case "$default": return got is null || Same(got, value) ? null : Differs(got, value);
            case "$set": return SameSet(got as JsonArray ?? [], (JsonArray)value!) ? null : Differs(got, value);
            case "$subset": return Subset(got, (JsonObject)value!);
            default: return Same(got, want) ? null : Differs(got, want);
        }
    }

    private static string? Subset(JsonNode? got, JsonObject want)
    {
        foreach ((var name, var value) in want)
        {
            var below = (got as JsonObject)?[name];
            var plain = value is JsonObject inner && !inner.Any(p => p.Key.StartsWith('$'));
            var problem = plain ? Subset(below, (JsonObject)value!) : Mismatch(below, value);
            if (plain && below is null)
                problem = "nothing is there";
            if (problem is not null)
                return $".{name}: {problem}";
        }

        return null;
    }

    private static JsonNode? Child(JsonNode node, string step) => (node, step) switch
    {
        (JsonObject o, _) when step.StartsWith("[\"", StringComparison.Ordinal) => o[step[2..^2]],
        (JsonArray list, _) when step.StartsWith('[') => list.ElementAtOrDefault(int.Parse(step[1..^1], CultureInfo.InvariantCulture)),
        (JsonObject o, _) => o[step],
        _ => null,
    };

    private static int Count(JsonNode? node) => node switch { JsonArray list => list.Count, JsonObject o => o.Count, _ => 0 };

    private static bool Same(JsonNode? got, JsonNode? want) =>
        got is null || want is null
            ? got is null && want is null
            : JsonElement.DeepEquals(got.Deserialize<JsonElement>(), want.Deserialize<JsonElement>());

    private static bool SameSet(JsonArray got, JsonArray want) =>
        got.Count == want.Count && want.All(w => got.Any(g => Same(g, w))) && got.All(g => want.Any(w => Same(g, w)));

    private static bool Matches(string text, string pattern) =>
        Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(5));

    private static DateTimeOffset Time(JsonNode node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);

    private static string Differs(JsonNode? got, JsonNode? want) => $"got {Short(got)}, want {Short(want)}";

    private static string Short(JsonNode? node)
    {
        var text = node?.ToJsonString() ?? "nothing";
        return text.Length > 400 ? text[..400] + "…" : text;
    }

    [GeneratedRegex("""\["[^"]*"\]|\[\*\]|\[\d+\]|[^.\[\]]+""", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Steps();
}
