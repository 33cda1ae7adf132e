using System.Diagnostics.Metrics;
using GrafeasBridge.Telemetry;

namespace GrafeasBridge.Ingest;

/// <summary>What arrives, counted and timed. Tags: outcome = stored|repeated|unmapped|refused, transport = grpc|rest|archivista.</summary>
internal static class IngestMetrics
{
    private static readonly Counter<long> Occurrences = BridgeTelemetry.Meter.CreateCounter<long>(
        "grafeasbridge.ingest.occurrences", "{occurrence}", "Occurrences sent, by what became of them.");

    private static readonly Histogram<double> Duration = BridgeTelemetry.Meter.CreateHistogram<double>(
        "grafeasbridge.ingest.duration",
        "s",
        "From the request read to the occurrence durable, or refused.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });

    public static void Count(string outcome, string transport, long count) =>
        Occurrences.Add(count, new KeyValuePair<string, object?>("outcome", outcome), new("transport", transport));

    public static void Time(string outcome, string transport, TimeSpan elapsed) =>
        Duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome), new("transport", transport));
}
