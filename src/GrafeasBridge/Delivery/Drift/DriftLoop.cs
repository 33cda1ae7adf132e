using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>The drift checks at one target, one after the other at an even rate. A dead target disturbs nobody else.</summary>
internal sealed class DriftLoop(
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
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // Versions that could not be checked: the others have their turn first.
    private readonly HashSet<long> putBack = [];
    private readonly TimeSpan step = Step(options);
    private readonly LoopBackoff faults = new("drift checks", target.Name, Longer(Step(options), Second), LongestOutage, logger);
    private int unanswered;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (options.CallsPerMinute > 0 && !stopping.IsCancellationRequested)
        {
            var wait = await faults.RunAsync(StepAsync, stopping);
            await Task.Delay(wait, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Checks all that is due, without waiting in between, for tests.</summary>
    /// <returns>How many checks were made.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        putBack.Clear();
        while (budget.Pause is null && await NextAsync(cancellationToken) is { } version)
        {
            await CheckAsync(version, cancellationToken);
            count++;
        }

        return count;
    }

    /// <summary>At most one check.</summary>
    /// <returns>How long to wait for the next.</returns>
    private async Task<TimeSpan> StepAsync(CancellationToken stopping)
    {
        if (budget.Pause is { } pause)
            return Longer(step, pause < LongestOutage ? pause : LongestOutage);
        if (await NextAsync(stopping) is not { } version)
            return Idle;
        if (!budget.TryTake(1))
            return Longer(step, LongestIdle);
        await CheckAsync(version, stopping);
        return unanswered > 0 ? faults.Delay(unanswered) : step;
    }

    private TimeSpan Idle
    {
        get
        {
            var soonest = options.FirstCheck < options.Interval ? options.FirstCheck : options.Interval;
            return soonest < LongestIdle ? soonest : LongestIdle;
        }
    }

    /// <returns>The version that waits longest, those that were put back last; null when none is due.</returns>
    private async Task<RestingVersion?> NextAsync(CancellationToken cancellationToken)
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

    private async Task CheckAsync(RestingVersion version, CancellationToken stopping)
    {
        var outcome = await checker.CheckAsync(target, budget, version, stopping);
        if (outcome is CheckOutcome.Unanswered or CheckOutcome.Failed)
            putBack.Add(version.Id);
        unanswered = outcome == CheckOutcome.Unanswered ? unanswered + 1 : 0;
    }

    private static TimeSpan Step(DriftOptions options) => TimeSpan.FromMinutes(1) / Math.Max(1, options.CallsPerMinute);

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
