using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace GrafeasBridge.Lab.Reporting;

/// <summary>Results in words.</summary>
internal static class ReportText
{
    /// <summary>One scenario for the terminal.</summary>
    public static string Summary(ScenarioResult result)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"   {(result.Problems.Count == 0 ? "passed" : "FAILED")} in {result.Took.TotalSeconds:F0} s.");
        foreach ((var what, var count) in result.Done)
            text.Append(CultureInfo.InvariantCulture, $"\n   {what}: {count}");
        foreach ((var name, var value) in result.Figures)
            text.Append(CultureInfo.InvariantCulture, $"\n   {name}: {value}");
        foreach (var problem in result.Problems)
            text.Append("\n   PROBLEM ").Append(problem);
        return text.ToString();
    }

    /// <summary>The whole report as Markdown, made from its JSON, so that the two cannot differ.</summary>
    public static string Markdown(JsonObject report)
    {
        var page = new StringBuilder();
        var machine = report["machine"]!;
        page.Append(CultureInfo.InvariantCulture, $"# Laboratory, {report["date"]}, {report["form"]} form\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{machine["cores"]} cores, {machine["memoryMiB"]} MiB of memory, {machine["runtime"]}, {machine["system"]}. ");
        page.Append("Written by the run itself; the file beside it with `.json` holds the same and the checker's own words.\n\n");
        page.Append("| scenario | ended | seed | took | calls sent | lost | duplicated | wrong | early | out of order |\n|---|---|---|---|---|---|---|---|---|---|\n");
        JsonObject[] scenarios = [.. report["scenarios"]!.AsArray().Select(one => one!.AsObject())];
        foreach (var one in scenarios)
            Row(page, one);
        foreach (var one in scenarios)
            Section(page, one);
        return page.ToString();
    }

    private static void Row(StringBuilder page, JsonObject one)
    {
        page.Append(CultureInfo.InvariantCulture, $"| [{one["name"]}](#{one["name"]}) | {(one["passed"]!.GetValue<bool>() ? "passed" : "**failed**")} ");
        page.Append(CultureInfo.InvariantCulture, $"| {one["seed"]} | {one["seconds"]} s | {one["done"]?["calls sent"]?.ToString() ?? "-"} ");
        foreach (var broken in (string[])["lost", "duplicated", "wrong", "early", "out-of-order"])
            page.Append(CultureInfo.InvariantCulture, $"| {Judge.Count(one["verdict"], broken)?.ToString(CultureInfo.InvariantCulture) ?? "-"} ");
        page.Append("|\n");
    }

    private static void Section(StringBuilder page, JsonObject one)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {one["name"]}\n\n{one["about"]}\n\n    {one["again"]}\n\n");
        foreach ((var what, var count) in one["done"]!.AsObject())
            page.Append(CultureInfo.InvariantCulture, $"- {what}: {count}\n");
        foreach ((var name, var value) in one["figures"]!.AsObject())
            page.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        foreach (var problem in one["problems"]!.AsArray())
            page.Append(CultureInfo.InvariantCulture, $"- **problem**: {problem!.ToString().ReplaceLineEndings(" ")}\n");
    }
}
