using GrafeasBridge.Delivery.Governor;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>
/// The work on one target: claim, do, settle, with slots filled as they come free. A dead target blocks nobody else.
/// </summary>
internal sealed partial class TargetLoop(
    DeliveryTarget target,
    IBridgeStore store,
    VersionReconciler reconciler,
    SuspectLane suspects,
    DeliveryOptions options,
    DeliveryMetrics metrics,
    TimeProvider clock,
    ILogger logger)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepInterval = TimeSpan.FromSeconds(30);

    private readonly VersionClaims claims = new(target.Name, store, suspects, options.Lease);
    private readonly List<Task> inHand = [];
    private DateTimeOffset nextSample = DateTimeOffset.MinValue;
    private DateTimeOffset deafUntil = DateTimeOffset.MinValue;
    private int outages;
    private bool held;
    private string? learned;
    private DateTimeOffset nextKeep;

    /// <summary>Runs until <paramref name="stopping"/> fires; then finishes what is in hand, or gives it back.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var abandon = new CancellationTokenSource();
        using var signals = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task? dirty = null;
        while (!stopping.IsCancellationRequested)
        {
            // Asked before looking, so that what becomes dirty in between is not missed.
            if (dirty is null && clock.GetUtcNow() >= deafUntil)
                dirty = store.WaitForDirtyAsync(target.Name, signals.Token);
            var wait = await TurnAsync(stopping, abandon.Token);
            var hears = !held && outages == 0;
            await WaitAsync(wait, hears ? dirty : null, stopping);
            if (dirty is { IsCompleted: true })
            {
                Heard(dirty);
                dirty = null;
            }
        }

        await FinishAsync(abandon);
    }

    /// <summary>One turn for tests: claims what is due and sees it through.</summary>
    /// <returns>How many versions were claimed.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var claimed = await ClaimAsync(target.Governor.Admit(options.ClaimBatch).Versions, cancellationToken, cancellationToken);
        await Task.WhenAll(inHand);
        inHand.Clear();
        return claimed;
    }

    /// <summary>Takes as many versions in hand as the governor admits.</summary>
    /// <returns>How long to wait when nothing else wakes the loop.</returns>
    private async Task<TimeSpan> TurnAsync(CancellationToken stopping, CancellationToken abandon)
    {
        try
        {
            inHand.RemoveAll(t => t.IsCompleted);
            await RecallAsync(stopping);
            held = !claims.Open.IsCompleted;
            if (held)
                return options.PollInterval; // the end of the version that is tried alone wakes the loop
            var admitted = target.Governor.Admit(options.ClaimBatch);
            held = admitted.Versions == 0;
            var count = await ClaimAsync(admitted.Versions, stopping, abandon);
            await SampleAsync(stopping);
            if (clock.GetUtcNow() >= nextKeep)
                await KeepAsync(stopping);
            if (outages > 0)
                Log.StoreBack(logger, target.Name);
            outages = 0;
            if (held)
                return Shorter(options.PollInterval, admitted.Wait ?? options.PollInterval); // a slot that comes free wakes the loop
            if (count == admitted.Versions)
                return TimeSpan.Zero;
            // A suspect is tried when nothing else is in hand: a slot that comes free wakes the loop.
            return claims.HasPoisonCandidates && inHand.Count > 0 ? options.PollInterval : await UntilDueAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (StoreException fault)
        {
            Log.StoreFailed(logger, target.Name, fault.Failure, fault);
            return Outage();
        }
        catch (Exception fault)
        {
            // The loop outlives every fault: without it nothing would be delivered until a restart.
            Log.TurnFaulted(logger, target.Name, fault);
            return Outage();
        }
    }

    private async Task<int> ClaimAsync(int asked, CancellationToken stopping, CancellationToken abandon)
    {
        var claimed = await claims.TakeAsync(asked, stopping);
        foreach ((var version, var calls) in claimed.Zip(target.Governor.Begin(asked, claimed.Count)))
            inHand.Add(OneAsync(version, calls, abandon));
        return claimed.Count;
    }

    /// <summary>One version; never throws, so that one bad version never stops the loop.</summary>
    private async Task OneAsync(HeldVersion taken, VersionCalls calls, CancellationToken abandon)
    {
        var version = taken.Version;
        DeliveryOutcome? outcome = null;
        calls.Enter();
        // The store may work synchronously; the loop must not.
        await Task.Yield();
        try
        {
            outcome = await reconciler.ReconcileAsync(target, version, abandon);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            await ReleaseAsync(version);
        }
        catch (StoreException fault)
        {
            Log.StoreFailed(logger, target.Name, fault.Failure, fault);
            await ReleaseAsync(version);
        }
        catch (Exception fault)
        {
            Log.VersionFaulted(logger, version.Coordinates, target.Name, fault);
        }
        finally
        {
            target.Governor.Ended(calls, outcome);
            taken.Dispose();
        }
    }

    /// <summary>Gives a version back; when even that fails, the end of its lease does it.</summary>
    private async Task ReleaseAsync(ClaimedVersion version)
    {
        try
        {
            // On purpose without the stopping token, which has fired: this is what is still to be done.
            await store.ReleaseAsync([version], CancellationToken.None);
            Log.Released(logger, version.Coordinates, target.Name);
        }
        catch (Exception fault)
        {
            Log.NotReleased(logger, version.Coordinates, target.Name, fault);
        }
    }

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() < nextSample)
            return;
        nextSample = clock.GetUtcNow() + options.BacklogInterval;
        var backlog = await store.BacklogAsync(target.Name, cancellationToken);
        metrics.Sampled(target.Name, backlog);
        target.Governor.Sampled(backlog.Count);
    }

    /// <summary>What an earlier process learned about the target, before the first version is claimed.</summary>
    private async Task RecallAsync(CancellationToken cancellationToken)
    {
        if (learned is not null)
            return;
        var kept = await store.FindLearnedAsync(target.Name, cancellationToken);
        learned = kept ?? "";
        nextKeep = clock.GetUtcNow() + KeepInterval;
        if (kept is not null)
            target.Governor.Restore(kept);
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        nextKeep = clock.GetUtcNow() + KeepInterval;
        if (learned is null || target.Governor.Save() is not { } now || now == learned)
            return;
        await store.KeepLearnedAsync(target.Name, now, cancellationToken);
        learned = now;
    }

    private async Task<TimeSpan> UntilDueAsync(CancellationToken cancellationToken)
    {
        var wait = options.PollInterval;
        return await store.NextDueAsync(target.Name, cancellationToken) is { } due ? Shorter(wait, due - clock.GetUtcNow()) : wait;
    }

    private static TimeSpan Shorter(TimeSpan wait, TimeSpan other) =>
        other < ShortestWait ? ShortestWait : other < wait ? other : wait;

    private TimeSpan Outage()
    {
        var wait = options.PollInterval.TotalSeconds * Math.Pow(2, Math.Min(++outages, 10));
        return wait < LongestOutage.TotalSeconds ? TimeSpan.FromSeconds(wait) : LongestOutage;
    }

    /// <summary>Ends when a slot comes free, something became dirty, the time is over, or the service stops.</summary>
    private async Task WaitAsync(TimeSpan wait, Task? dirty, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var reasons = new List<Task>(inHand) { Task.Delay(wait, clock, over.Token) };
        if (dirty is not null)
            reasons.Add(dirty);
        if (claims.Open is { IsCompleted: false } open)
            reasons.Add(open);
        await Task.WhenAny(reasons);
        await over.CancelAsync();
    }

    /// <summary>After a signal the loop listens again; after a fault of the signal only later, so that it cannot spin.</summary>
    private void Heard(Task dirty)
    {
        if (dirty.Exception?.InnerException is { } fault)
        {
            Log.SignalFaulted(logger, target.Name, fault);
            deafUntil = clock.GetUtcNow() + LongestOutage;
        }
    }

    private async Task FinishAsync(CancellationTokenSource abandon)
    {
        var all = Task.WhenAll(inHand);
        using var over = new CancellationTokenSource();
        await Task.WhenAny(all, Task.Delay(options.StopTimeout, clock, over.Token));
        await over.CancelAsync();
        await abandon.CancelAsync();
        await all;
        try
        {
            await KeepAsync(CancellationToken.None);
        }
        catch (StoreException fault)
        {
            Log.StoreFailed(logger, target.Name, fault.Failure, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            3030, LogLevel.Warning,
            "The store failed ({Failure}) while working for target {Target}; it is tried again soon",
            EventName = "StoreFailed")]
        public static partial void StoreFailed(ILogger logger, string target, StoreFailure failure, Exception fault);

        [LoggerMessage(3031, LogLevel.Information, "The store works again for target {Target}", EventName = "StoreBack")]
        public static partial void StoreBack(ILogger logger, string target);

        [LoggerMessage(3032, LogLevel.Error, "The delivery loop of target {Target} failed; it goes on", EventName = "TurnFaulted")]
        public static partial void TurnFaulted(ILogger logger, string target, Exception fault);

        [LoggerMessage(
            3033, LogLevel.Error,
            "{Version} at target {Target} could not be brought to an end; its lease brings it back",
            EventName = "VersionFaulted")]
        public static partial void VersionFaulted(ILogger logger, VersionCoordinates version, string target, Exception fault);

        [LoggerMessage(3034, LogLevel.Information, "{Version} at target {Target} was given back", EventName = "Released")]
        public static partial void Released(ILogger logger, VersionCoordinates version, string target);

        [LoggerMessage(
            3035, LogLevel.Warning,
            "{Version} at target {Target} could not be given back; the end of its lease does it",
            EventName = "NotReleased")]
        public static partial void NotReleased(ILogger logger, VersionCoordinates version, string target, Exception fault);

        [LoggerMessage(3036, LogLevel.Warning, "Waiting for work for {Target} failed; the worker polls", EventName = "SignalFaulted")]
        public static partial void SignalFaulted(ILogger logger, string target, Exception fault);
    }
}
