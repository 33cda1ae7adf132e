namespace GrafeasBridge.Telemetry;

/// <summary>Paths that watchers ask again and again: they are answered under any load, leave no traces, and count as no calls.</summary>
internal static class TelemetryPaths
{
    public const string Alive = "/healthz";
    public const string Ready = "/readyz";
    public const string Metrics = "/metrics";
    private const string Report = "/bridge/v1/health";
    private const string GrpcHealth = "/grpc.health.v1.Health";
    private const string GrpcReport = "/grafeasbridge.v1.HealthReports";

    public static bool IsWatched(PathString path) =>
        path == Alive || path == Ready || path == Metrics || path == Report
        || path.StartsWithSegments(GrpcHealth, StringComparison.Ordinal) || path.StartsWithSegments(GrpcReport, StringComparison.Ordinal);
}
