using System.Text.Json.Nodes;

namespace GrafeasBridge.Lab.Reporting;

/// <summary>What a run of a scenario has to tell.</summary>
/// <param name="Problems">Why it did not pass; empty when it did.</param>
/// <param name="Done">What was done, counted: kills, faults by kind, calls.</param>
/// <param name="Verdict">The checker's own words.</param>
internal sealed record ScenarioResult(
    string Name,
    string About,
    int Seed,
    string Again,
    TimeSpan Took,
    IReadOnlyList<string> Problems,
    IReadOnlyDictionary<string, long> Done,
    IReadOnlyList<(string Name, string Value)> Figures,
    JsonNode? Verdict);
