using System.Diagnostics.Metrics;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrafeasBridge.Health;

/// <summary>Logs when a health issue begins and when it is over, once each, and counts the issues of now in gauges.</summary>
internal sealed partial class HealthTransitionLog : IHealthCheckPublisher
{
    private readonly ILogger<HealthTransitionLog> logger;
    private Dictionary<(string Reason, string? Target), HealthIssue> known = [];
    private HealthState? last;

    public HealthTransitionLog(ILogger<HealthTransitionLog> logger)
    {
        this.logger = logger;
        BridgeTelemetry.Meter.CreateObservableGauge(
            "grafeasbridge.health.ready", Ready, "{bridge}", "1 while the bridge can serve, 0 while it cannot.");
        BridgeTelemetry.Meter.CreateObservableGauge(
            "grafeasbridge.health.issues", HealthIssues, "{issue}", "Health issues of now, by reason.");
    }

    /// <summary>Called by the framework every few seconds, never twice at once.</summary>
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        if (report.Entries.TryGetValue(ReadinessCheck.Name, out var entry)
            && entry.Data.TryGetValue(ReadinessCheck.State, out var found) && found is HealthState state)
        {
            Record(state);
        }

        return Task.CompletedTask;
    }

    private void Record(HealthState state)
    {
        var now = state.All.DistinctBy(c => (c.Reason, c.Target)).ToDictionary(c => (c.Reason, c.Target));
        foreach (var begun in now.Where(c => !known.ContainsKey(c.Key)).Select(c => c.Value))
        {
            if (state.Refusals.Contains(begun))
                Log.NotReady(logger, begun.Reason, begun.Message);
            else
                Log.Degraded(logger, begun.Reason, begun.Message);
        }

        foreach (var over in known.Where(c => !now.ContainsKey(c.Key)).Select(c => c.Value))
            Log.Recovered(logger, over.Reason, over.Target ?? "this bridge");
        known = now;
        last = state;
    }

    private IEnumerable<Measurement<int>> Ready() => last is { } state ? [new(state.IsReady ? 1 : 0)] : [];

    // A series for each reason, also at 0, so that an alert sees an issue end.
    private IEnumerable<Measurement<int>> HealthIssues() => last is { } state
        ? HealthReasons.All.Select(reason => new Measurement<int>(
            state.All.Count(c => c.Reason == reason), new KeyValuePair<string, object?>("reason", reason)))
        : [];

    private static partial class Log
    {
        [LoggerMessage(5100, LogLevel.Warning, "Not ready, {Reason}: {Message}", EventName = "NotReady")]
        public static partial void NotReady(ILogger logger, string reason, string message);

        [LoggerMessage(5101, LogLevel.Warning, "Degraded, {Reason}: {Message}", EventName = "Degraded")]
        public static partial void Degraded(ILogger logger, string reason, string message);

        [LoggerMessage(5102, LogLevel.Information, "{Reason} is over at {Where}", EventName = "Recovered")]
        public static partial void Recovered(ILogger logger, string reason, string where);
    }
}
