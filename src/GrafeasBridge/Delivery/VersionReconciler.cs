using System.Diagnostics;
using System.Globalization;
using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;
using GrafeasBridge.Versions;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>7: makes a target say what the store says about one version, start to end. Safe to repeat at any point.</summary>
internal sealed partial class VersionReconciler(
    IBridgeStore store,
    IOccurrenceMapping mapping,
    IOptions<DeliveryOptions> deliveryOptions,
    IOptions<DriftOptions> driftOptions,
    DeliveryMetrics metrics,
    TimeProvider clock,
    ILogger<VersionReconciler> logger)
{
    private readonly DeliveryOptions options = deliveryOptions.Value;
    private readonly DriftOptions drift = driftOptions.Value;

    /// <summary>Delivers and settles.</summary>
    /// <param name="target">The target of <paramref name="version"/>.</param>
    /// <param name="version">Claimed by the caller.</param>
    /// <param name="abandon">The service stops and cannot wait any longer; the caller gives the version back.</param>
    /// <exception cref="StoreException">The bridge's own store failed; the version's lease brings it back.</exception>
    public async Task<DeliveryOutcome> ReconcileAsync(DeliveryTarget target, ClaimedVersion version, CancellationToken abandon)
    {
        using var activity = Begin(target, version);
        var started = clock.GetTimestamp();
        var outcome = DeliveryOutcome.StoreFailed;
        try
        {
            var result = await TryAsync(target, version, abandon);
            outcome = await SettleAsync(target, version, result, abandon);
            if (outcome.Meaning().Nature != OutcomeNature.Done)
                activity?.SetStatus(ActivityStatusCode.Error, result.Reason);
            return outcome;
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            outcome = DeliveryOutcome.Returned;
            throw;
        }
        finally
        {
            activity?.SetTag("grafeasbridge.outcome", outcome.Meaning().Tag);
            metrics.Ended(target.Name, outcome, clock.GetElapsedTime(started));
        }
    }

    private static Activity? Begin(DeliveryTarget target, ClaimedVersion version)
    {
        // One trace runs from the call that changed the version to the target's reply.
        var called = ActivityContext.TryParse(version.TraceParent, null, isRemote: true, out var call);
        var activity = BridgeTelemetry.Source.StartActivity("reconcile", ActivityKind.Consumer, called ? call : default);
        return activity?
            .SetTag("grafeasbridge.target", target.Name)
            .SetTag("grafeasbridge.package", version.Coordinates.InPackage.ToString())
            .SetTag("grafeasbridge.version", version.Coordinates.Version)
            .SetTag("grafeasbridge.revision", version.Revision)
            .SetTag("grafeasbridge.attempt", version.Attempts);
    }

    /// <summary>Makes an <see cref="AttemptResult"/> of every way in which an attempt can end, by whose token fired.</summary>
    private async Task<AttemptResult> TryAsync(DeliveryTarget target, ClaimedVersion version, CancellationToken abandon)
    {
        if (version.CrashCount >= options.ParkAfterCrashes)
        {
            return new AttemptResult(DeliveryOutcome.CrashLoop, string.Create(
                CultureInfo.InvariantCulture,
                $"The bridge's process ended {version.CrashCount:0.#} times while this version was in flight (Delivery:ParkAfterCrashes); see what is odd about "
                + $"its occurrences, or what else ended the process, then redeliver."));
        }

        using var total = new CancellationTokenSource(options.TotalTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(abandon, total.Token);
        try
        {
            return await DeliverAsync(target.Api, version, either.Token);
        }
        catch (TargetException failure)
        {
            return new AttemptResult(failure.Outcome, failure.Message, failure.RetryAfter);
        }
        catch (StoreException damage) when (damage.Failure == StoreFailure.Damaged)
        {
            return new AttemptResult(DeliveryOutcome.CorruptOccurrence, $"{damage.Message} Then redeliver.");
        }
        catch (OperationCanceledException) when (total.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            return new AttemptResult(DeliveryOutcome.Unreachable, $"Not done within Delivery:TotalTimeout ({options.TotalTimeout}).");
        }
        catch (Exception fault) when (fault is not StoreException && !abandon.IsCancellationRequested)
        {
            // One bad version must not stop the rest; it is tried again later and parked in the end.
            Log.Faulted(logger, version.Coordinates, target.Name, fault);
            return new AttemptResult(
                DeliveryOutcome.Failed, $"The bridge failed on this version ({fault.GetType().Name}); its log has the cause.");
        }
    }

    private async Task<AttemptResult> DeliverAsync(ITarget api, ClaimedVersion version, CancellationToken cancellationToken)
    {
        var wanted = (await VersionHistory.ReadAsync(store, mapping, version.Coordinates, cancellationToken)).Attributes;
        string[] names = [.. wanted.Select(a => a.Name)];
        IReadOnlyList<CarriedAttribute> carried;
        try
        {
            carried = await api.ReadAsync(version.Coordinates, cancellationToken);
        }
        catch (TargetException missing) when (missing.Outcome == DeliveryOutcome.Missing)
        {
            if (wanted.Count == 0)
                return new AttemptResult(DeliveryOutcome.Unchanged, "Nothing is wanted, and the target has no such version.", Owned: names, ReadBack: ReadBackText.Of(names, []));
            if (await DeletedAsync(version, missing, cancellationToken) is { } deleted)
                return deleted;
            await api.PrepareAsync(version.Coordinates, missing, cancellationToken);
            carried = [];
        }

        var plan = AttributePlan.Make(wanted, carried, version.Owned, api.Same);
        if (plan.IsEmpty)
            return new AttemptResult(DeliveryOutcome.Unchanged, Said(wanted.Count, "carried already"), Owned: names, ReadBack: ReadBackText.Of(names, carried));

        // Ownership is on disk before the first write: after a crash in between, nothing is left behind as a stranger's.
        string[] owned = [.. version.Owned.Union(names, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (!await store.RecordIntentAsync(version, owned, cancellationToken))
            return new AttemptResult(DeliveryOutcome.LeaseLost, "Another worker has taken the version over.");
        version.MayHaveSet = [.. plan.Set.Select(a => a.Name)];
        var now = await WriteAsync(api, version.Coordinates, plan, cancellationToken);
        var rest = AttributePlan.Make(wanted, now, owned, api.Same);
        return rest.IsEmpty
            ? new AttemptResult(DeliveryOutcome.Delivered, Said(wanted.Count, "written and read back"), Owned: names, ReadBack: ReadBackText.Of(names, now))
            : new AttemptResult(DeliveryOutcome.ReadBackMismatch, $"The target accepted the write, but reading back differs in {rest.Names()}.");
    }

    /// <summary>What was delivered and is gone was deleted there, and stays so unless somebody wants it back.</summary>
    /// <returns>How the try ends; null when the version may be created.</returns>
    private async Task<AttemptResult?> DeletedAsync(ClaimedVersion version, TargetException missing, CancellationToken cancellationToken)
    {
        if (!version.WasDelivered || version.MayRecreate || drift.OnDeleted == OnDeleted.Recreate)
            return null;
        var last = await store.FindDeliveredAsync(version.Target, version.Coordinates, cancellationToken);
        // Where nothing was wanted nothing was created: it may never have been there.
        return (last?.ReadBack.Names ?? version.Owned).Count == 0
            ? null
            : new AttemptResult(DeliveryOutcome.RemovedAtTarget, DeletedVersion.Parked(missing.Message, last?.Time));
    }

    /// <summary>Writes the plan and reads back.</summary>
    /// <returns>What the target carries now.</returns>
    private static async Task<IReadOnlyList<CarriedAttribute>> WriteAsync(
        ITarget api, VersionCoordinates version, AttributePlan plan, CancellationToken cancellationToken)
    {
        try
        {
            if (plan.Set.Count > 0)
                await api.SetAsync(version, plan.Set, cancellationToken);
            if (plan.Remove.Count > 0)
                await api.RemoveAsync(version, plan.Remove, cancellationToken);
            return await api.ReadAsync(version, cancellationToken);
        }
        catch (TargetException gone) when (gone.Outcome == DeliveryOutcome.Missing)
        {
            // It was there a moment ago: deleted meanwhile, or a create that was not kept. The next try finds out.
            throw new TargetException(DeliveryOutcome.ReadBackMismatch, $"The version went away while it was written. {gone.Message}");
        }
    }

    private async Task<DeliveryOutcome> SettleAsync(DeliveryTarget target, ClaimedVersion version, AttemptResult result, CancellationToken abandon)
    {
        var givesBack = target.RateLimiter.Report(result, version.Coordinates);
        if (result.Outcome.Meaning().Nature == OutcomeNature.NotSettled)
        {
            Log.Left(logger, version.Coordinates, target.Name, result.Reason);
            return result.Outcome;
        }

        if (givesBack)
        {
            await store.ReleaseAsync([version], abandon);
            Log.GivenBack(logger, version.Coordinates, target.Name, result.Outcome, result.Reason);
            return result.Outcome;
        }

        var now = clock.GetUtcNow();
        var settlement = RetrySchedule.Settle(
            options, version, result, now, now + target.RateLimiter.Gate.Pause?.Left, Random.Shared.NextDouble());
        if (settlement.State == DeliveryState.Verified)
            settlement = settlement with { CheckAt = now + drift.FirstCheck };
        if (await store.SettleAsync(version, settlement, abandon) == SettleResult.LeaseLost)
        {
            Log.Left(logger, version.Coordinates, target.Name, "The lease had ended before the try did; the version is tried again.");
            return DeliveryOutcome.LeaseLost;
        }

        if (settlement.State == DeliveryState.Verified && version.DirtySince is { } since)
            metrics.Verified(target.Name, clock.GetUtcNow() - since);
        var level = result.Outcome.Meaning().Level;
        if (logger.IsEnabled(level))
        {
            Log.Reconciled(
                logger, level, version.Coordinates, target.Name, result.Outcome, settlement.State,
                version.Revision, version.Attempts, settlement.NextAttempt, settlement.Reason);
        }

        return result.Outcome;
    }

    private static string Said(int count, string how) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} attribute{(count == 1 ? "" : "s")} {how}.");

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 3010,
            Message = "{Version} at target {Target}: {Outcome}, now {State} (revision {Revision}, attempt {Attempt}, next {Next}) {Reason}",
            EventName = "Reconciled")]
        public static partial void Reconciled(
            ILogger logger, LogLevel level, VersionCoordinates version, string target, DeliveryOutcome outcome, DeliveryState state,
            long revision, int attempt, DateTimeOffset? next, string reason);

        [LoggerMessage(
            3011, LogLevel.Error,
            "The bridge failed on {Version} at target {Target}; it is tried again later",
            EventName = "ReconcileFaulted")]
        public static partial void Faulted(ILogger logger, VersionCoordinates version, string target, Exception fault);

        [LoggerMessage(3012, LogLevel.Warning, "{Version} at target {Target} was not settled. {Reason}", EventName = "NotSettled")]
        public static partial void Left(ILogger logger, VersionCoordinates version, string target, string reason);

        [LoggerMessage(
            3013, LogLevel.Debug,
            "{Version} at target {Target}: {Outcome}, given back until the target is open again. {Reason}",
            EventName = "GivenBack")]
        public static partial void GivenBack(
            ILogger logger, VersionCoordinates version, string target, DeliveryOutcome outcome, string reason);
    }
}
