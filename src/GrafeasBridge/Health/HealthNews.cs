using System.Diagnostics.Metrics;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GrafeasBridge.Health;

/// <summary>Says in the log when something begins or ceases to ail the bridge, once each, and shows it in the gauges.</summary>
internal sealed partial class HealthNews : IHealthCheckPublisher
{
    private readonly ILogger<HealthNews> logger;
    private Dictionary<(string Reason, string? Target), Complaint> known = [];
    private HealthState? last;

    public HealthNews(ILogger<HealthNews> logger)
    {
        this.logger = logger;
        BridgeTelemetry.Meter.CreateObservableGauge(
            "grafeasbridge.health.ready", Ready, "{bridge}", "1 while the bridge can serve, 0 while it cannot.");
        BridgeTelemetry.Meter.CreateObservableGauge(
            "grafeasbridge.health.complaints", Complaints, "{complaint}", "What ails the bridge now, by reason.");
    }

    /// <summary>Called by the framework every few seconds, never twice at once.</summary>
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        if (report.Entries.TryGetValue(ReadyCheck.Name, out var entry)
            && entry.Data.TryGetValue(ReadyCheck.State, out var found) && found is HealthState state)
        {
            Tell(state);
        }

        return Task.CompletedTask;
    }

    private void Tell(HealthState state)
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

    // A series for each reason, so that one that goes away is seen to.
    private IEnumerable<Measurement<int>> Complaints() => last is { } state
        ? Reasons.All.Select(reason => new Measurement<int>(
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
