using System.Diagnostics.Metrics;
using GrafeasBridge.Telemetry;

namespace GrafeasBridge.Retention;

/// <summary>What this room measures.</summary>
internal static class RetentionMetrics
{
    public static readonly Counter<long> Occurrences = BridgeTelemetry.Meter.CreateCounter<long>(
        "grafeasbridge.store.retired", "{occurrence}", "Occurrences that went by age.");

    public static readonly Counter<long> Versions = BridgeTelemetry.Meter.CreateCounter<long>(
        "grafeasbridge.store.folded", "{version}", "Versions whose saved state took old occurrences in, each time it did.");
}
