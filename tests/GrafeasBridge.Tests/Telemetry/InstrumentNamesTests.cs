using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using GrafeasBridge.Api;
using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.Ingest;
using GrafeasBridge.Retention;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;
using GrafeasBridge.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace GrafeasBridge.Tests.Telemetry;

/// <summary>Names of series: what the exporter makes of every instrument is what page, rules and dashboard say.</summary>
public sealed partial class InstrumentNamesTests
{
    [Fact]
    public async Task Page_rules_and_dashboard_name_series_as_the_exporter_does()
    {
        await using var host = await BridgeHost.StartAsync();
        var instruments = Published();
        var exported = await ExportAsync(instruments);

        var page = await File.ReadAllTextAsync(RepositoryFiles.PathOf("src", "GrafeasBridge", "Telemetry", "README.md"), TestContext.Current.CancellationToken);
        var told = Row().Matches(page).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["series"].Value, StringComparer.Ordinal);
        Assert.Equal(exported.OrderBy(e => e.Key, StringComparer.Ordinal), told.OrderBy(e => e.Key, StringComparer.Ordinal));

        string[] inRules = [.. OperatorFiles.MetricsIn(OperatorFiles.Rules)];
        string[] inTests = [.. OperatorFiles.MetricsIn(OperatorFiles.RuleTests)];
        string[] onDashboard = [.. OperatorFiles.MetricsIn(string.Join('\n', OperatorFiles.DashboardExpressions))];
        Assert.NotEmpty(inRules);
        Assert.Empty(inRules.Concat(inTests).Concat(onDashboard).Except(exported.Values));
        // Whoever adds an instrument decides where it is seen.
        Assert.Empty(exported.Values.Except(onDashboard));
    }

    [Fact]
    public void Every_instrument_says_its_unit_and_what_it_is()
    {
        Assert.Empty(Published().Where(i => string.IsNullOrEmpty(i.Unit) || string.IsNullOrEmpty(i.Description)).Select(i => i.Name));
    }

    private static Instrument[] Published()
    {
        foreach (var room in new[] { typeof(IngestMetrics), typeof(Overload), typeof(RefusalCount), typeof(StoreMeter), typeof(RetentionMetrics) })
            RuntimeHelpers.RunClassConstructor(room.TypeHandle);
        var found = new Dictionary<string, Instrument>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == BridgeTelemetry.MeterName)
                found[instrument.Name] = instrument;
        };
        listener.Start();
        return [.. found.Values];
    }

    /// <summary>One measurement of each, on a meter of its own so that nobody else counts it, through the real exporter.</summary>
    /// <returns>Series by instrument.</returns>
    private static async Task<Dictionary<string, string>> ExportAsync(Instrument[] instruments)
    {
        using var meter = new Meter("probe-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter());
        await using var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        await app.StartAsync(TestContext.Current.CancellationToken);
        foreach (var instrument in instruments)
            Measure(meter, instrument);

        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(app.Urls.Single() + "/metrics"), TestContext.Current.CancellationToken);
        return Help().Matches(text).ToDictionary(m => m.Groups["of"].Value, m => m.Groups["series"].Value, StringComparer.Ordinal);
    }

    private static void Measure(Meter meter, Instrument instrument)
    {
        // The description comes back as HELP, and tells which instrument a series is of.
        (var name, var unit, var kind) = (instrument.Name, instrument.Unit, instrument.GetType().Name.Split('`')[0]);
        switch (kind)
        {
            case "Counter":
                meter.CreateCounter<long>(name, unit, name).Add(1);
                break;
            case "Histogram":
                meter.CreateHistogram<double>(name, unit, name).Record(1);
                break;
            case "ObservableGauge":
                meter.CreateObservableGauge(name, () => 1, unit, name);
                break;
            default:
                Assert.Fail($"{name} is a {kind}; say here how it is measured.");
                break;
        }
    }

    [GeneratedRegex(@"^\| `(?<name>grafeasbridge\.[a-z_.]+)` \| `(?<series>\w+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"^# HELP (?<series>\w+) (?<of>grafeasbridge\.[a-z_.]+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Help();
}
