using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Retention;

/// <summary>Compacts expired occurrences at an interval, one pass after the other.</summary>
internal sealed partial class RetentionWorker(
    HistoryCompactor compactor, IOptions<RetentionOptions> settings, TimeProvider clock, ILogger<RetentionWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!compactor.IsWanted)
            return;
        using var timer = new PeriodicTimer(settings.Value.Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await compactor.RunOnceAsync(stoppingToken);
        }
        catch (StoreException cause)
        {
            Log.Postponed(logger, settings.Value.Interval, cause);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // Retention must not stop the service.
            Log.Faulted(logger, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            2042, LogLevel.Warning, "The store refused a batch of retention; it continues in {Interval}", EventName = "RetentionPostponed")]
        public static partial void Postponed(ILogger logger, TimeSpan interval, Exception cause);

        [LoggerMessage(2043, LogLevel.Error, "Retention failed; it is tried again", EventName = "RetentionFaulted")]
        public static partial void Faulted(ILogger logger, Exception fault);
    }
}
