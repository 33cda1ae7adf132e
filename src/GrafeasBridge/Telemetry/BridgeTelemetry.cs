using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GrafeasBridge.Telemetry;

/// <summary>Every name of a trace source, meter, instrument and tag that the bridge emits; README lists them.</summary>
internal static class BridgeTelemetry
{
    public const string SourceName = "GrafeasBridge";
    public const string MeterName = "GrafeasBridge";

    public static readonly ActivitySource Source = new(SourceName);
    public static readonly Meter Meter = new(MeterName);
}
