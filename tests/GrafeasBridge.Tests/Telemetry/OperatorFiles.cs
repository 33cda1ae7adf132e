using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GrafeasBridge.Tests.Telemetry;

/// <summary>What stands in the files that operators are given.</summary>
internal static partial class OperatorFiles
{
    public static string Rules { get; } = Text("alerts.yml");

    public static string RuleTests { get; } = Text("alerts.test.yml");

    public static string Runbook { get; } = Text("RUNBOOK.md");

    public static string[] Alerts { get; } = [.. Alert().Matches(Rules).Select(m => m.Groups["name"].Value)];

    /// <summary>Every expression of the dashboard, with Grafana's variables as Grafana would fill them in.</summary>
    public static string[] DashboardExpressions { get; } =
    [
        .. JsonNode.Parse(Text("grafana/dashboards/grafeasbridge.json"))!["panels"]!.AsArray()
            .SelectMany(panel => panel!["targets"]?.AsArray() ?? [])
            .Select(target => ((string)target!["expr"]!).Replace("$target", ".*", StringComparison.Ordinal).Replace("$__rate_interval", "1m", StringComparison.Ordinal)),
    ];

    /// <summary>Names of the bridge's series in a text, histograms under their base name.</summary>
    public static IEnumerable<string> MetricsIn(string text) => Metric().Matches(text).Select(m => m.Groups["name"].Value).Distinct(StringComparer.Ordinal);

    public static string Text(string file) => File.ReadAllText(Path.Combine(PrometheusTools.Folder, file));

    [GeneratedRegex(@"^\s*- alert: (?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alert();

    [GeneratedRegex(@"(?<name>grafeasbridge_[a-z_]+?)(_bucket|_sum|_count)?(?![a-z_])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Metric();
}
