using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Health;

/// <summary>Room on the disk of the embedded store. A full disk refuses writes; this tells before.</summary>
internal sealed class DiskSpace : IHealthIssueSource
{
    private readonly long least;
    private readonly string? folder;

    public DiskSpace(IOptions<StoreOptions> store, IOptions<HealthOptions> health)
    {
        least = health.Value.MinFreeBytes;
        if (store.Value.Provider != StoreOptions.Sqlite)
            return;
        var path = Path.GetFullPath(store.Value.Path);
        folder = OperatingSystem.IsWindows() ? Path.GetPathRoot(path) : Path.GetDirectoryName(path);
        BridgeTelemetry.Meter.CreateObservableGauge(
            "grafeasbridge.store.disk.free", Measure, "By", "Bytes free on the disk of the embedded store.");
    }

    public IEnumerable<HealthIssue> Now()
    {
        if (Free() is { } free && free < least)
            yield return new HealthIssue(HealthReasons.DiskNearlyFull, $"The disk of the store has {free} bytes free, fewer than Health:MinFreeBytes ({least}).");
    }

    private IEnumerable<System.Diagnostics.Metrics.Measurement<long>> Measure() => Free() is { } free ? [new(free)] : [];

    /// <summary>Null when the system does not say; whether a write succeeds is what readiness proves.</summary>
    private long? Free()
    {
        try
        {
            return folder is null ? null : new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
