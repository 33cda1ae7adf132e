using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;

namespace GrafeasBridge.Delivery;

/// <summary>What this room measures. Tags are only <c>outcome</c>, <c>result</c> and <c>target</c>; package and version go on spans.</summary>
internal sealed class DeliveryMetrics
{
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, Backlog> backlogs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AdaptiveRateLimiter> limiters = new(StringComparer.Ordinal);
    private readonly Histogram<double> duration;
    private readonly Histogram<double> timeToVerified;
    private readonly Counter<long> attempts;
    private readonly Counter<long> calls;
    private readonly Counter<long> checks;

    public DeliveryMetrics(TimeProvider clock)
    {
        this.clock = clock;
        var meter = BridgeTelemetry.Meter;
        duration = meter.CreateHistogram(
            "grafeasbridge.delivery.duration",
            "s",
            "How long one attempt at a version took.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60] });
        timeToVerified = meter.CreateHistogram(
            "grafeasbridge.delivery.time_to_verified",
            "s",
            "From the first change that was not yet verified to the version read back.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400, 259_200],
            });
        attempts = meter.CreateCounter<long>("grafeasbridge.delivery.attempts", "{attempt}", "Attempts at versions, by outcome.");
        calls = meter.CreateCounter<long>("grafeasbridge.delivery.target.calls", "{call}", "HTTP calls to targets, each repetition too.");
        checks = meter.CreateCounter<long>("grafeasbridge.delivery.checks", "{check}", "Drift checks of settled versions, by what they found.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.backlog", () => Observe(b => b.Count), "{version}", "Versions not yet verified, parked ones left out.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.parked", () => Observe(b => b.Parked), "{version}", "Versions that need a person.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.drifted", () => Observe(b => b.Drifted), "{version}", "Versions whose target no longer carries what was verified.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.poison_candidates", () => Observe(b => b.PoisonCandidates), "{version}",
            "Versions in flight when a process ended; they wait to be tried alone.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.target.paused", Paused, "s", "For how long a target has been left alone or tried one by one, by why; 0 when it is not.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.oldest", () => Observe(Age), "s", "Age of the oldest version not yet verified.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.rate_limit", () => Observe(s => s.CallsPerSecond), "{call}/s",
            "Calls in a second that are made at most, once a limit is known.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.concurrency", () => Observe(s => s.Concurrency), "{version}", "Versions that may be in flight at once.");
        meter.CreateObservableGauge(
            "grafeasbridge.delivery.time_to_drain", () => Observe(s => s.TimeToDrain?.TotalSeconds), "s",
            "How long the backlog will take, once anything is known.");
    }

    public void Ended(string target, DeliveryOutcome outcome, TimeSpan took)
    {
        var tags = new TagList { { "target", target }, { "outcome", outcome.Meaning().Tag } };
        duration.Record(took.TotalSeconds, tags);
        attempts.Add(1, tags);
    }

    /// <param name="target">The target's name.</param>
    /// <param name="took">Of a version that was read back just now. Clocks differ, so it may be less than nothing.</param>
    public void Verified(string target, TimeSpan took) =>
        timeToVerified.Record(Math.Max(0, took.TotalSeconds), new KeyValuePair<string, object?>("target", target));

    /// <param name="target">The target's name.</param>
    /// <param name="failure">Null for a call that did what was asked.</param>
    public void Called(string target, DeliveryOutcome? failure) =>
        calls.Add(1, new TagList { { "target", target }, { "outcome", failure is { } outcome ? outcome.Meaning().Tag : "ok" } });

    public void Checked(string target, CheckOutcome result) =>
        checks.Add(1, new TagList { { "target", target }, { "result", Tag(result) } });

    /// <summary>Keeps the last count for scrapes, which never ask the store themselves.</summary>
    public void Sampled(string target, Backlog backlog) => backlogs[target] = backlog;

    /// <returns>The last count; null before the first.</returns>
    public Backlog? Last(string target) => backlogs.GetValueOrDefault(target);

    /// <summary>Asks the target's limiter at each scrape.</summary>
    public void Watch(AdaptiveRateLimiter limiter) => limiters[limiter.Name] = limiter;

    private static string Tag(CheckOutcome result) => result switch
    {
        CheckOutcome.Same => "same",
        CheckOutcome.Drifted => "drifted",
        CheckOutcome.Missing => "missing",
        CheckOutcome.RemovedAtTarget => "removed_at_target",
        CheckOutcome.Unanswered => "unanswered",
        CheckOutcome.Overtaken => "overtaken",
        _ => "failed",
    };

    private double Age(Backlog backlog) => backlog.OldestDirty is { } since ? Math.Max(0, (clock.GetUtcNow() - since).TotalSeconds) : 0;

    private List<Measurement<T>> Observe<T>(Func<Backlog, T> value)
        where T : struct =>
        [.. backlogs.Select(b => new Measurement<T>(value(b.Value), new KeyValuePair<string, object?>("target", b.Key)))];

    // A series for each reason, so that a reason that goes away is seen to.
    private List<Measurement<double>> Paused() =>
    [
        .. limiters.Values.Select(g => g.Status()).SelectMany(s => Enum.GetValues<PauseKind>(), (s, kind) => new Measurement<double>(
            s.Trouble == kind ? s.TroubleFor.TotalSeconds : 0,
            new KeyValuePair<string, object?>("target", s.Target), new("reason", Tag(kind)))),
    ];

    private static string Tag(PauseKind kind) => kind switch
    {
        PauseKind.Unauthorized => "unauthorized",
        PauseKind.Throttled => "throttled",
        _ => "down",
    };

    private List<Measurement<double>> Observe(Func<TargetStatus, double?> value) =>
    [
        .. limiters.Values.Select(g => g.Status()).Where(s => value(s) is not null)
            .Select(s => new Measurement<double>(value(s)!.Value, new KeyValuePair<string, object?>("target", s.Target))),
    ];
}
