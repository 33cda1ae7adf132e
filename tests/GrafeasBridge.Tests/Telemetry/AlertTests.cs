using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Repository;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Telemetry;

/// <summary>Alert rules: they hold together with their runbook and their unit tests, and promtool accepts them.</summary>
public sealed partial class AlertTests
{
    [Fact]
    public void Every_alert_has_an_entry_in_the_runbook_and_the_runbook_has_no_other()
    {
        Assert.NotEmpty(OperatorFiles.Alerts);
        Assert.Equal(OperatorFiles.Alerts, Heading().Matches(OperatorFiles.Runbook).Select(m => m.Groups["name"].Value));
        Assert.Equal(
            OperatorFiles.Alerts.Select(name => "RUNBOOK.md#" + name.ToLowerInvariant()),
            Link().Matches(OperatorFiles.Rules).Select(m => m.Groups["to"].Value));
    }

    [Fact]
    public void Every_entry_says_symptom_meaning_where_to_look_and_what_to_do()
    {
        foreach (var entry in OperatorFiles.Runbook.Split("\n## ")[1..])
        {
            int[] parts = [.. new[] { "**Symptom.**", "**Means.**", "**Look.**", "**Do.**" }.Select(part => entry.IndexOf(part, StringComparison.Ordinal))];
            Assert.True(parts.All(at => at > 0) && parts.SequenceEqual(parts.Order()), entry);
        }
    }

    [Fact]
    public void The_runbook_names_only_events_settings_and_verbs_that_there_are()
    {
        var events = EventsPage.All.Select(e => e.Id).ToHashSet();
        int[] named = [.. Event().Matches(OperatorFiles.Runbook).SelectMany(m => Number().Matches(m.Value)).Select(m => int.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(events));

        var settings = SettingsPage.Render();
        string[] keys = [.. Setting().Matches(OperatorFiles.Runbook).Select(m => m.Groups["key"].Value).Distinct()];
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Contains($"| `{key}` |", settings, StringComparison.Ordinal));

        string[] verbs = [.. Verb().Matches(OperatorFiles.Runbook).Select(m => m.Groups["verb"].Value).Distinct()];
        Assert.Subset(
            new HashSet<string>(StringComparer.Ordinal) { "health", "targets", "parked", "get", "versions", "redeliver", "key" },
            verbs.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_rule_is_tested_firing_and_quiet()
    {
        foreach (var alert in OperatorFiles.Alerts)
        {
            Assert.Contains($"alertname: {alert}, exp_alerts: []", OperatorFiles.RuleTests, StringComparison.Ordinal);
            Assert.Contains($"alertname: {alert}\n        exp_alerts:\n          - exp_labels:", OperatorFiles.RuleTests, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Needs(Need.Prometheus)]
    public async Task The_rules_do_what_their_unit_tests_say()
    {
        var end = await PrometheusTools.PromtoolAsync("test", "rules", "alerts.test.yml");
        Assert.True(end.Code == 0, end.Text);
        end = await PrometheusTools.PromtoolAsync("check", "rules", "alerts.yml");
        Assert.True(end.Code == 0, end.Text);
        Assert.Contains($"{OperatorFiles.Alerts.Length} rules found", end.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Needs(Need.Prometheus)]
    public async Task The_configuration_of_prometheus_is_accepted()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("key"), "gb_x", TestContext.Current.CancellationToken);
        File.Copy(Path.Combine(PrometheusTools.Folder, "alerts.yml"), folder.File("alerts.yml"));
        await File.WriteAllTextAsync(
            folder.File("prometheus.yml"),
            OperatorFiles.Text("prometheus.yml").Replace("/run/secrets/metrics_key", folder.File("key"), StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var end = await PrometheusTools.PromtoolAsync("check", "config", folder.File("prometheus.yml"));
        Assert.True(end.Code == 0, end.Text);
    }

    [GeneratedRegex(@"^## (?<name>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"runbook_url: (?<to>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"[Ee]vents? \d{4}((, | and | to )\d{4})*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Event();

    [GeneratedRegex(@"\d{4}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"`(?<key>[A-Z]\w+(:\w+)+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"gbridge (?<verb>[a-z]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Verb();
}
