using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;

namespace GrafeasBridge.Delivery;

/// <summary>What this room measures. Tags are only <c>outcome</c>, <c>result</c> and <c>target</c>; package and version go on spans.</summary>
internal sealed class DeliveryMetrics
{
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, Backlog> backlogs = new(StringComparer.Ordinal);
    private readonly Histogram<double> duration;
    private readonly Counter<long> attempts;
    private readonly Counter<long> calls;
    private readonly Counter<long> checks;

    public DeliveryMetrics(TimeProvider clock)
    {
        this.clock = clock;
        Meter meter = BridgeTelemetry.Meter;
        duration = meter.CreateHistogram(
            "grafeasbridge.delivery.duration",
            "s",
            "How long one version was in hand.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60] });
        attempts = meter.CreateCounter<long>("grafeasbridge.delivery.attempts", "{attempt}", "Tries at versions, by ending.");
        calls = meter.CreateCounter<long>("grafeasbridge.delivery.target.calls", "{call}", "HTTP calls to targets, each repetition too.");
        checks = meter.CreateCounter<long>("grafeasbridge.delivery.checks", "{check}", "Looks at versions at rest, by what they found.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.backlog", () => Observe(b => b.Count), "{version}", "Versions not yet verified, parked ones left out.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.parked", () => Observe(b => b.Parked), "{version}", "Versions that need a person.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.drifted", () => Observe(b => b.Drifted), "{version}", "Versions whose target no longer carries what was verified.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.oldest", () => Observe(Age), "s", "Age of the oldest version not yet verified.");
    }

    public void Ended(string target, DeliveryOutcome outcome, TimeSpan took)
    {
        var tags = new TagList { { "target", target }, { "outcome", outcome.Meaning().Tag } };
        duration.Record(took.TotalSeconds, tags);
        attempts.Add(1, tags);
    }

    /// <param name="target">The target's name.</param>
    /// <param name="failure">Null for a call that did what was asked.</param>
    public void Called(string target, DeliveryOutcome? failure) =>
        calls.Add(1, new TagList { { "target", target }, { "outcome", failure is { } outcome ? outcome.Meaning().Tag : "ok" } });

    public void Checked(string target, CheckOutcome result) =>
        checks.Add(1, new TagList { { "target", target }, { "result", Tag(result) } });

    /// <summary>Keeps the last count for scrapes, which never ask the store themselves.</summary>
    public void Sampled(string target, Backlog backlog) => backlogs[target] = backlog;

    private static string Tag(CheckOutcome result) => result switch
    {
        CheckOutcome.Same => "same",
        CheckOutcome.Drifted => "drifted",
        CheckOutcome.Missing => "missing",
        CheckOutcome.Deleted => "deleted",
        CheckOutcome.Unanswered => "unanswered",
        CheckOutcome.Overtaken => "overtaken",
        _ => "failed",
    };

    private double Age(Backlog backlog) => backlog.OldestDirty is { } since ? Math.Max(0, (clock.GetUtcNow() - since).TotalSeconds) : 0;

    private List<Measurement<T>> Observe<T>(Func<Backlog, T> value)
        where T : struct =>
        [.. backlogs.Select(b => new Measurement<T>(value(b.Value), new KeyValuePair<string, object?>("target", b.Key)))];
}
