using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using GrafeasBridge.Lab.Scenarios;

namespace GrafeasBridge.Lab.Reporting;

/// <summary>
/// The report on disk, written anew after each scenario. A run of one scenario takes that section's place in the report of the same
/// day and form, if there is one.
/// </summary>
internal sealed class LabReport(LabArguments arguments)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public void Add(ScenarioResult result)
    {
        if (arguments.Results is not { } folder)
            return;
        Directory.CreateDirectory(folder);
        var date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"{date}-laboratory{(arguments.IsFull ? "" : "-short")}");
        var report = File.Exists(path + ".json") ? JsonNode.Parse(File.ReadAllText(path + ".json"))!.AsObject() : Empty(date);
        report["machine"] = Machine();
        var scenarios = report["scenarios"]!.AsArray();
        var old = scenarios.FirstOrDefault(one => one!["name"]!.GetValue<string>() == result.Name);
        var place = old is null ? scenarios.Count : scenarios.IndexOf(old);
        if (old is not null)
            scenarios.RemoveAt(place);
        scenarios.Insert(place, Section(result));
        Write(path + ".json", report.ToJsonString(Indented) + "\n");
        Write(path + ".md", ReportText.Markdown(report));
    }

    private JsonObject Empty(string date) => new()
    {
        ["date"] = date,
        ["form"] = arguments.IsFull ? "full" : "short",
        ["scenarios"] = new JsonArray(),
    };

    private static JsonObject Machine() => new()
    {
        ["cores"] = Environment.ProcessorCount,
        ["memoryMiB"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["system"] = $"{(OperatingSystem.IsLinux() ? "Linux" : "another system")} {RuntimeInformation.OSArchitecture}",
    };

    private static JsonObject Section(ScenarioResult result) => new()
    {
        ["name"] = result.Name,
        ["about"] = result.About,
        ["passed"] = result.Problems.Count == 0,
        ["seed"] = result.Seed,
        ["again"] = result.Again,
        ["seconds"] = (long)result.Took.TotalSeconds,
        ["done"] = new JsonObject(result.Done.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        ["figures"] = new JsonObject(result.Figures.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)one.Value))),
        ["problems"] = new JsonArray([.. result.Problems.Select(problem => (JsonNode)problem)]),
        ["verdict"] = result.Verdict?.DeepClone(),
    };

    /// <summary>Whole or not at all.</summary>
    private static void Write(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
