using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>The loop of one target: it claims as many versions as are admitted, fills slots as they come free, and waits for work.</summary>
internal sealed class TargetLoop(
    DeliveryTarget target,
    IBridgeStore store,
    VersionReconciler reconciler,
    PoisonIsolation isolation,
    DeliveryOptions options,
    DeliveryMetrics metrics,
    TimeProvider clock,
    ILogger logger)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(30);

    private readonly VersionClaims claims = new(target.Name, store, isolation, options.Lease);
    private readonly DirtySubscription dirty = new(target.Name, store, clock, logger);
    private readonly RateLimitPersistence learned = new(target.RateLimiter, store, clock);
    private readonly BacklogSampler backlog = new(target, store, metrics, options.BacklogInterval, clock);
    private readonly LoopBackoff faults = new("delivery", target.Name, options.PollInterval, LongestOutage, logger);
    private readonly List<Task> inFlight = [];
    private bool admitsNone;

    /// <summary>Runs until <paramref name="stopping"/> fires; then finishes what is in flight, or gives it back.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var abandon = new CancellationTokenSource();
        while (!stopping.IsCancellationRequested)
        {
            dirty.Subscribe(stopping);
            var wait = await faults.RunAsync(token => TurnAsync(token, abandon.Token), stopping);
            await WaitAsync(wait, stopping);
            dirty.OnSignal();
        }

        await FinishAsync(abandon);
    }

    /// <summary>One turn for tests: claims what is due and sees it through.</summary>
    /// <returns>How many versions were claimed.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var claimed = await ClaimAsync(target.RateLimiter.Admit(options.ClaimBatch).Versions, cancellationToken, cancellationToken);
        await Task.WhenAll(inFlight);
        inFlight.Clear();
        return claimed;
    }

    /// <summary>Claims as many versions as are admitted.</summary>
    /// <returns>How long to wait when nothing else wakes the loop.</returns>
    private async Task<TimeSpan> TurnAsync(CancellationToken stopping, CancellationToken abandon)
    {
        inFlight.RemoveAll(t => t.IsCompleted);
        await learned.RestoreAsync(stopping);
        admitsNone = !claims.Open.IsCompleted;
        if (admitsNone)
            return options.PollInterval; // the end of the version that is tried alone wakes the loop
        var admitted = target.RateLimiter.Admit(options.ClaimBatch);
        admitsNone = admitted.Versions == 0;
        var count = await ClaimAsync(admitted.Versions, stopping, abandon);
        await backlog.SampleAsync(stopping);
        await learned.SaveWhenDueAsync(stopping);
        if (admitsNone)
            return Shorter(options.PollInterval, admitted.Wait ?? options.PollInterval); // a slot that comes free wakes the loop
        if (count == admitted.Versions)
            return TimeSpan.Zero;
        // One that is to be tried alone waits until nothing else is in flight: a slot that comes free wakes the loop.
        return claims.PoisonCandidatesWait && inFlight.Count > 0 ? options.PollInterval : await UntilDueAsync(stopping);
    }

    private async Task<int> ClaimAsync(int most, CancellationToken stopping, CancellationToken abandon)
    {
        var claimed = await claims.TakeAsync(most, stopping);
        target.RateLimiter.Began(claimed.Count);
        var attempts = new AttemptRunner(target, store, reconciler, faults, logger);
        inFlight.AddRange(claimed.Select(claim => attempts.RunAsync(claim, abandon)));
        return claimed.Count;
    }

    private async Task<TimeSpan> UntilDueAsync(CancellationToken cancellationToken)
    {
        var wait = options.PollInterval;
        return await store.NextDueAsync(target.Name, cancellationToken) is { } due ? Shorter(wait, due - clock.GetUtcNow()) : wait;
    }

    private static TimeSpan Shorter(TimeSpan wait, TimeSpan other) =>
        other < ShortestWait ? ShortestWait : other < wait ? other : wait;

    /// <summary>Ends when a slot comes free, something became dirty that can be claimed, the time is over, or the service stops.</summary>
    private async Task WaitAsync(TimeSpan wait, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var reasons = new List<Task>(inFlight) { Task.Delay(wait, clock, over.Token) };
        if (!admitsNone && !faults.IsFailing && dirty.Signal is { } signal)
            reasons.Add(signal);
        if (claims.Open is { IsCompleted: false } open)
            reasons.Add(open);
        await Task.WhenAny(reasons);
        await over.CancelAsync();
    }

    private async Task FinishAsync(CancellationTokenSource abandon)
    {
        var all = Task.WhenAll(inFlight);
        using var over = new CancellationTokenSource();
        await Task.WhenAny(all, Task.Delay(options.StopTimeout, clock, over.Token));
        await over.CancelAsync();
        await abandon.CancelAsync();
        await all;
        try
        {
            await learned.SaveAsync(CancellationToken.None);
        }
        catch (StoreException fault)
        {
            faults.StoreFailed(fault);
        }
    }
}
