using GrafeasBridge.Store;

namespace GrafeasBridge.Receipts;

/// <summary>Reads the signing keys before the service listens, and refreshes them every minute, so that no request waits for that.</summary>
internal sealed partial class KeyRotation(SigningKeyStore keys, TimeProvider clock, ILogger<KeyRotation> logger) : BackgroundService
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
            1302, LogLevel.Warning, "The signing keys of receipts could not be refreshed; the current one stays in use", EventName = "ReceiptKeysNotRead")]
        public static partial void Kept(ILogger logger, Exception cause);
    }
}
