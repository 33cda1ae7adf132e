using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>Runs one loop for each target, side by side.</summary>
internal sealed partial class DeliveryWorker : BackgroundService
{
    private readonly ILogger logger;
    private readonly IReadOnlyList<TargetLoop> loops;

    public DeliveryWorker(
        TargetRegistry registry,
        IBridgeStore store,
        VersionReconciler reconciler,
        PoisonIsolation isolation,
        IOptions<DeliveryOptions> options,
        DeliveryMetrics metrics,
        TimeProvider clock,
        ILogger<DeliveryWorker> logger)
    {
        this.logger = logger;
        loops = [.. registry.All.Select(t => new TargetLoop(t, store, reconciler, isolation, options.Value, metrics, clock, logger))];
    }

    /// <summary>One turn of every target, for tests.</summary>
    /// <returns>How many versions were claimed in all.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var claimed = await Task.WhenAll(loops.Select(loop => loop.RunOnceAsync(cancellationToken)));
        return claimed.Sum();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(loops.Select(loop => loop.RunAsync(stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.StoppedEarly(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3041, LogLevel.Debug, "Delivery was stopped before it had begun", EventName = "StoppedEarly")]
        public static partial void StoppedEarly(ILogger logger);
    }
}
