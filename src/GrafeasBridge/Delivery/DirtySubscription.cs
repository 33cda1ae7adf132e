using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>The store's signal that versions of a target have become dirty. Should it fail, the loop still polls.</summary>
internal sealed partial class DirtySubscription(string target, IBridgeStore store, TimeProvider clock, ILogger logger)
{
    // A signal that fails at once must not make the loop spin.
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(30);

    private DateTimeOffset resubscribeAt = DateTimeOffset.MinValue;

    /// <summary>Completes with the signal; null while there is no subscription.</summary>
    public Task? Signal { get; private set; }

    /// <summary>Subscribes unless that is done already. Called before looking for work, so that nothing is missed in between.</summary>
    public void Subscribe(CancellationToken stopping)
    {
        if (Signal is null && clock.GetUtcNow() >= resubscribeAt)
            Signal = store.WaitForDirtyAsync(target, stopping);
    }

    /// <summary>Ends a subscription whose signal has come.</summary>
    public void OnSignal()
    {
        if (Signal is not { IsCompleted: true } signal)
            return;
        Signal = null;
        if (signal.Exception?.InnerException is not { } fault)
            return;
        Log.SignalFaulted(logger, target, fault);
        resubscribeAt = clock.GetUtcNow() + AfterFault;
    }

    private static partial class Log
    {
        [LoggerMessage(3036, LogLevel.Warning, "Waiting for work for {Target} failed; the worker polls", EventName = "SignalFaulted")]
        public static partial void SignalFaulted(ILogger logger, string target, Exception fault);
    }
}
