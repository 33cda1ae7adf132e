using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>The looks at one target, one after the other at an even pace. A dead target disturbs nobody else.</summary>
internal sealed partial class DriftLoop(
    DeliveryTarget target,
    IBridgeStore store,
    DriftChecker checker,
    IBackgroundBudget budget,
    DriftOptions options,
    TimeProvider clock,
    ILogger logger)
{
    private const int MostPutBack = 100;
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(1);

    // Versions that could not be looked at: the others have their turn first.
    private readonly HashSet<long> putBack = [];
    private int outages;
    private int unanswered;
    private bool storeFails;

    private TimeSpan Step => TimeSpan.FromMinutes(1) / options.CallsPerMinute;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (options.CallsPerMinute > 0 && !stopping.IsCancellationRequested)
        {
            var wait = await TurnAsync(stopping);
            await Task.Delay(wait, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks at all that is due, without the pace, for tests.</summary>
    /// <returns>How many looks were made.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        putBack.Clear();
        while (budget.Pause is null && await NextAsync(cancellationToken) is { } version)
        {
            await LookAsync(version, cancellationToken);
            count++;
        }

        return count;
    }

    private async Task<TimeSpan> TurnAsync(CancellationToken stopping)
    {
        try
        {
            var wait = await StepAsync(stopping);
            if (storeFails)
                Log.StoreBack(logger, target.Name);
            storeFails = false;
            outages = 0;
            return wait;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (StoreException fault)
        {
            Log.StoreFailed(logger, target.Name, fault.Failure, fault);
            storeFails = true;
            return Doubled(++outages);
        }
        catch (Exception fault)
        {
            // The loop outlives every fault: without it nothing would be looked at until a restart.
            Log.TurnFaulted(logger, target.Name, fault);
            return Doubled(++outages);
        }
    }

    /// <summary>At most one look.</summary>
    /// <returns>How long to wait for the next.</returns>
    private async Task<TimeSpan> StepAsync(CancellationToken stopping)
    {
        if (budget.Pause is { } pause)
            return pause < Step ? Step : pause < LongestOutage ? pause : LongestOutage;
        if (await NextAsync(stopping) is not { } version)
            return Idle;
        if (!budget.TryTake(1))
            return Step > LongestIdle ? Step : LongestIdle;
        await LookAsync(version, stopping);
        return unanswered > 0 ? Doubled(unanswered) : Step;
    }

    private TimeSpan Idle
    {
        get
        {
            var soonest = options.FirstLook < options.Interval ? options.FirstLook : options.Interval;
            return soonest < LongestIdle ? soonest : LongestIdle;
        }
    }

    /// <returns>The version that waits longest, those that were put back last; null when none is due.</returns>
    private async Task<SettledVersion?> NextAsync(CancellationToken cancellationToken)
    {
        if (putBack.Count >= MostPutBack)
            putBack.Clear();
        foreach (var version in await store.ListToCheckAsync(target.Name, checker.Longest, putBack.Count + 1, cancellationToken))
        {
            if (!putBack.Contains(version.Id))
                return version;
        }

        putBack.Clear();
        return null;
    }

    private async Task LookAsync(SettledVersion version, CancellationToken stopping)
    {
        var outcome = await checker.CheckAsync(target, budget, version, stopping);
        if (outcome is CheckOutcome.Unanswered or CheckOutcome.Failed)
            putBack.Add(version.Id);
        unanswered = outcome == CheckOutcome.Unanswered ? unanswered + 1 : 0;
    }

    private TimeSpan Doubled(int failures)
    {
        var first = Step > TimeSpan.FromSeconds(1) ? Step : TimeSpan.FromSeconds(1);
        var wait = first.TotalSeconds * Math.Pow(2, Math.Min(failures, 10));
        return wait < LongestOutage.TotalSeconds ? TimeSpan.FromSeconds(wait) : Step > LongestOutage ? Step : LongestOutage;
    }

    private static partial class Log
    {
        [LoggerMessage(
            3080, LogLevel.Warning,
            "The store failed ({Failure}) while versions of target {Target} were looked at; it is tried again soon",
            EventName = "DriftStoreFailed")]
        public static partial void StoreFailed(ILogger logger, string target, StoreFailure failure, Exception fault);

        [LoggerMessage(3081, LogLevel.Information, "The store works again for looks at target {Target}", EventName = "DriftStoreBack")]
        public static partial void StoreBack(ILogger logger, string target);

        [LoggerMessage(3082, LogLevel.Error, "Looking for drift at target {Target} failed; it goes on", EventName = "DriftFaulted")]
        public static partial void TurnFaulted(ILogger logger, string target, Exception fault);
    }
}
