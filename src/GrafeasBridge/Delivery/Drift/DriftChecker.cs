using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Versions;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>Checks one settled version for drift, with one read of its target, and records what it found. It writes nothing at the target.</summary>
internal sealed partial class DriftChecker(
    IBridgeStore store,
    IOccurrenceMapping mapping,
    IOptions<DriftOptions> driftOptions,
    IOptions<DeliveryOptions> deliveryOptions,
    DeliveryMetrics metrics,
    TimeProvider clock,
    ILogger<DriftChecker> logger)
{
    /// <summary>However short <c>Delivery:MissingGrace</c> is: a target that loses and finds a version does so within seconds.</summary>
    internal static readonly TimeSpan ShortestGrace = TimeSpan.FromMinutes(1);

    private readonly DriftOptions options = driftOptions.Value;
    private readonly DeliveryOptions delivery = deliveryOptions.Value;

    /// <summary>How long at most until a check that this process wrote down is due.</summary>
    public TimeSpan Longest => new[] { options.Interval, options.FirstCheck, Grace }.Max();

    private TimeSpan Grace => delivery.MissingGrace > ShortestGrace ? delivery.MissingGrace : ShortestGrace;

    /// <exception cref="StoreException">The bridge's own store failed; the check is still due.</exception>
    public async Task<CheckOutcome> CheckAsync(
        DeliveryTarget target, IBackgroundBudget budget, RestingVersion version, CancellationToken stopping)
    {
        (var outcome, var result) = await TryAsync(target, budget, version, stopping);
        if (result is not null && !await store.RecordCheckAsync(version, result, stopping))
        {
            outcome = CheckOutcome.Overtaken;
            result = null;
        }

        metrics.Checked(target.Name, outcome);
        Tell(target, version, outcome, result);
        return outcome;
    }

    private async Task<(CheckOutcome Outcome, CheckResult? Result)> TryAsync(
        DeliveryTarget target, IBackgroundBudget budget, RestingVersion version, CancellationToken stopping)
    {
        using var total = new CancellationTokenSource(delivery.TotalTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, total.Token);
        try
        {
            return await ReadAsync(target.Api, budget, version, either.Token);
        }
        catch (TargetException failure)
        {
            return Unanswered(target, budget, version, new AttemptResult(failure.Outcome, failure.Message, failure.RetryAfter));
        }
        catch (Exception late) when (late is not StoreException && total.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            var reason = $"Not done within Delivery:TotalTimeout ({delivery.TotalTimeout}).";
            return Unanswered(target, budget, version, new AttemptResult(DeliveryOutcome.Unreachable, reason));
        }
        catch (Exception fault) when (fault is not StoreException && !stopping.IsCancellationRequested)
        {
            // One bad version must not stop the rest.
            Log.Faulted(logger, version.Coordinates, target.Name, fault);
            return (CheckOutcome.Failed, null);
        }
    }

    private (CheckOutcome Outcome, CheckResult? Result) Unanswered(
        DeliveryTarget target, IBackgroundBudget budget, RestingVersion version, AttemptResult result)
    {
        budget.Report(result, version.Coordinates);
        Log.Unanswered(logger, version.Coordinates, target.Name, result.Reason);
        return (CheckOutcome.Unanswered, null);
    }

    private async Task<(CheckOutcome Outcome, CheckResult Result)> ReadAsync(
        ITarget api, IBackgroundBudget budget, RestingVersion version, CancellationToken cancellationToken)
    {
        IReadOnlyList<CarriedAttribute> carried;
        try
        {
            carried = await api.ReadAsync(version.Coordinates, cancellationToken);
        }
        catch (TargetException missing) when (missing.Outcome == DeliveryOutcome.Missing)
        {
            budget.Report(new AttemptResult(missing.Outcome, missing.Message), version.Coordinates);
            return await MissingAsync(version, missing, cancellationToken);
        }

        budget.Report(new AttemptResult(DeliveryOutcome.Unchanged, ""), version.Coordinates);
        return DriftComparison.IsAsReadBack(version, carried)
            ? Same(version, version.ReadBack!.Names)
            : await CompareAsync(api, version, carried, cancellationToken);
    }

    /// <summary>By what the values mean, which costs a mapping.</summary>
    private async Task<(CheckOutcome Outcome, CheckResult Result)> CompareAsync(
        ITarget api, RestingVersion version, IReadOnlyList<CarriedAttribute> carried, CancellationToken cancellationToken)
    {
        IReadOnlyList<MappedAttribute> wanted;
        try
        {
            wanted = (await VersionHistory.ReadAsync(store, mapping, version.Coordinates, cancellationToken)).Attributes;
        }
        catch (StoreException damage) when (damage.Failure == StoreFailure.Damaged)
        {
            return Drifted($"Since {Since(version)} the target has changed, and what it should say cannot be read. {damage.Message}");
        }

        var plan = AttributePlan.Make(wanted, carried, version.Owned, api.Same);
        return plan.IsEmpty
            ? Same(version, [.. wanted.Select(a => a.Name)])
            : Drifted($"Since {Since(version)} the target has changed in {plan.Names()}.");
    }

    /// <summary>Here names are given up: whoever might still have set them has done so by now, and the target was seen without them.</summary>
    private (CheckOutcome Outcome, CheckResult Result) Same(RestingVersion version, IReadOnlyList<string> names)
    {
        var back = version.State == DeliveryState.Drifted;
        return (CheckOutcome.Same, new CheckResult(
            DeliveryState.Verified,
            back ? nameof(DeliveryOutcome.Unchanged) : "",
            back ? $"It had drifted, and is again as it was at {Since(version)}." : "",
            clock.GetUtcNow() + options.Interval,
            Owned: names));
    }

    private (CheckOutcome Outcome, CheckResult Result) Drifted(string reason)
    {
        var repair = options.OnDrift == OnDrift.Repair;
        DateTimeOffset? next = repair ? null : clock.GetUtcNow() + options.Interval;
        return (CheckOutcome.Drifted, new CheckResult(DeliveryState.Drifted, nameof(DeliveryState.Drifted), reason, next, repair));
    }

    private async Task<(CheckOutcome Outcome, CheckResult Result)> MissingAsync(
        RestingVersion version, TargetException missing, CancellationToken cancellationToken)
    {
        var names = version.ReadBack?.Names
            ?? [.. (await VersionHistory.ReadAsync(store, mapping, version.Coordinates, cancellationToken)).Attributes.Select(a => a.Name)];
        // Where nothing is wanted, nothing need be there.
        if (names.Count == 0)
            return Same(version, []);
        var next = clock.GetUtcNow() + Grace;
        if (options.OnDeleted == OnDeleted.Recreate)
        {
            var again = DeletedVersion.Recreated(missing.Message, version.VerifiedTime);
            return (CheckOutcome.Missing, new CheckResult(DeliveryState.Drifted, nameof(DeliveryOutcome.Missing), again, null, Repair: true));
        }

        return await WasMissingAsync(version, cancellationToken)
            ? (CheckOutcome.RemovedAtTarget, new CheckResult(
                DeliveryState.Parked, nameof(DeliveryOutcome.RemovedAtTarget), DeletedVersion.Parked(missing.Message, version.VerifiedTime), null))
            : (CheckOutcome.Missing, new CheckResult(
                DeliveryState.Drifted, nameof(DeliveryOutcome.Missing), DeletedVersion.NotSureYet(missing.Message, version.VerifiedTime, next), next));
    }

    /// <summary>Whether the check before this one missed it too: the row says so, and nothing has changed it since.</summary>
    private async Task<bool> WasMissingAsync(RestingVersion version, CancellationToken cancellationToken) =>
        version.State == DeliveryState.Drifted
        && await store.FindVersionAsync(version.Target, version.Coordinates, cancellationToken) is { } row
        && row.LastOutcome == nameof(DeliveryOutcome.Missing);

    private static string Since(RestingVersion version) =>
        version.VerifiedTime is { } time ? DeletedVersion.Say(time) : "it was verified";

    private void Tell(DeliveryTarget target, RestingVersion version, CheckOutcome outcome, CheckResult? result)
    {
        switch (outcome)
        {
            case CheckOutcome.Drifted or CheckOutcome.Missing:
                Log.Drifted(logger, version.Coordinates, target.Name, result!.Repair ? "is repaired" : "is only reported", result.Reason);
                break;
            case CheckOutcome.RemovedAtTarget:
                Log.RemovedAtTarget(logger, version.Coordinates, target.Name, result!.Reason);
                break;
            case CheckOutcome.Same or CheckOutcome.Overtaken:
                Log.Checked(logger, version.Coordinates, target.Name, outcome);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3070, LogLevel.Debug, "{Version} at target {Target} was checked for drift: {Outcome}", EventName = "DriftChecked")]
        public static partial void Checked(ILogger logger, VersionCoordinates version, string target, CheckOutcome outcome);

        [LoggerMessage(3071, LogLevel.Warning, "{Version} at target {Target} has drifted and {What}. {Reason}", EventName = "VersionDrifted")]
        public static partial void Drifted(ILogger logger, VersionCoordinates version, string target, string what, string reason);

        [LoggerMessage(3072, LogLevel.Warning, "{Version} at target {Target} was deleted there; it is parked. {Reason}", EventName = "RemovedAtTarget")]
        public static partial void RemovedAtTarget(ILogger logger, VersionCoordinates version, string target, string reason);

        [LoggerMessage(
            3073, LogLevel.Information,
            "{Version} at target {Target} could not be checked for drift; it is tried again. {Reason}",
            EventName = "DriftCheckUnanswered")]
        public static partial void Unanswered(ILogger logger, VersionCoordinates version, string target, string reason);

        [LoggerMessage(
            3074, LogLevel.Error,
            "The bridge failed while it checked {Version} at target {Target} for drift; it is tried again",
            EventName = "DriftCheckFaulted")]
        public static partial void Faulted(ILogger logger, VersionCoordinates version, string target, Exception fault);
    }
}
