using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GrafeasBridge.Telemetry;

namespace GrafeasBridge.Store;

/// <summary>The instruments of this room. Gauges show the sum over the stores that are open in the process: one, outside tests.</summary>
internal static class StoreMeter
{
    private static readonly ConcurrentDictionary<IStoreGauges, byte> Open = new();

    /// <summary>Operations that shared one commit.</summary>
    public static readonly Histogram<int> Batch = BridgeTelemetry.Meter.CreateHistogram(
        "grafeasbridge.store.batch", "{operation}", "Writing operations that shared one commit.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] });

    /// <summary>Seconds from COMMIT to stable storage.</summary>
    public static readonly Histogram<double> CommitDuration = BridgeTelemetry.Meter.CreateHistogram(
        "grafeasbridge.store.commit.duration", "s", "Time that a commit took to reach stable storage.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
        });

    private static readonly ObservableGauge<long> Wal = BridgeTelemetry.Meter.CreateObservableGauge(
        "grafeasbridge.store.wal", () => Open.Keys.Sum(store => store.WalBytes), "By", "Bytes of the write-ahead log in use.");

    private static readonly ObservableGauge<int> Queue = BridgeTelemetry.Meter.CreateObservableGauge(
        "grafeasbridge.store.queue", () => Open.Keys.Sum(store => store.QueuedWrites), "{operation}", "Writes that wait for the writer.");

    /// <summary>Shows a store in the gauges until <see cref="Hide"/>.</summary>
    public static void Show(IStoreGauges store) => Open.TryAdd(store, 0);

    public static void Hide(IStoreGauges store) => Open.TryRemove(store, out _);
}

/// <summary>What a store shows at any moment.</summary>
internal interface IStoreGauges
{
    /// <summary>Bytes of the log in use.</summary>
    long WalBytes { get; }

    /// <summary>Writes that wait.</summary>
    int QueuedWrites { get; }
}
