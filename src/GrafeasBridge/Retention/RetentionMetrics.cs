using System.Diagnostics.Metrics;
using GrafeasBridge.Telemetry;

namespace GrafeasBridge.Retention;

/// <summary>What this room measures.</summary>
internal static class RetentionMetrics
{
    public static readonly Counter<long> Occurrences = BridgeTelemetry.Meter.CreateCounter<long>(
        "grafeasbridge.retention.occurrences", "{occurrence}", "Occurrences that were compacted because of their age.");

    public static readonly Counter<long> Versions = BridgeTelemetry.Meter.CreateCounter<long>(
        "grafeasbridge.retention.versions", "{version}", "Versions into whose saved state expired occurrences were compacted, each time.");
}
