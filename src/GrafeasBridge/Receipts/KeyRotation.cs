using GrafeasBridge.Store;

namespace GrafeasBridge.Receipts;

/// <summary>Reads the keys before the doors open, and looks after them every minute: nobody who wants a receipt waits for that.</summary>
internal sealed partial class KeyRotation(KeyCabinet keys, TimeProvider clock, ILogger<KeyRotation> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <exception cref="StoreException">The store cannot be read: then the service does not start.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await keys.RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RefreshAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task RefreshAsync(CancellationToken stoppingToken)
    {
        try
        {
            await keys.RefreshAsync(stoppingToken);
        }
        catch (Exception cause) when (cause is StoreException or IOException or UnauthorizedAccessException or FormatException)
        {
            Log.Kept(logger, cause);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1302, LogLevel.Warning, "The keys of receipts could not be looked after; the one in hand goes on", EventName = "ReceiptKeysNotRead")]
        public static partial void Kept(ILogger logger, Exception cause);
    }
}
