using System.Globalization;
using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>How an attempt at a version ended.</summary>
/// <param name="Reason">A safe sentence; for what parks a version, what to do about it.</param>
/// <param name="RetryAfter">What the target asked for; null when it did not.</param>
/// <param name="Owned">Names that the bridge owns at the target from now on; null to leave them as they are.</param>
internal sealed record AttemptResult(
    DeliveryOutcome Outcome, string Reason, TimeSpan? RetryAfter = null, IReadOnlyList<string>? Owned = null, ReadBack? ReadBack = null);

/// <summary>The hours and days of retrying: from how an attempt ended to what is written on the version's row. Pure.</summary>
internal static class RetrySchedule
{
    /// <param name="options">Delays and horizon.</param>
    /// <param name="version">With its attempts, this one included, and since when it fails.</param>
    /// <param name="result">Of this attempt; its outcome is one that is settled.</param>
    /// <param name="now">When the attempt ended.</param>
    /// <param name="notBefore">When the target's pause ends; null without one.</param>
    /// <param name="random">From 0 to 1; spreads versions that failed together.</param>
    public static Settlement Settle(
        DeliveryOptions options, ClaimedVersion version, AttemptResult result, DateTimeOffset now, DateTimeOffset? notBefore, double random)
    {
        var outcome = result.Outcome.ToString();
        var since = version.FailingSince ?? now;
        switch (result.Outcome.Meaning().Nature)
        {
            case OutcomeNature.Done:
                return new Settlement(
                    DeliveryState.Verified, outcome, result.Reason, null, result.Owned, result.ReadBack, RestUntil: options.DebounceWindow > TimeSpan.Zero ? now + options.DebounceWindow : null);
            case OutcomeNature.Permanent when !result.Outcome.IsAbsent() || now - since >= options.MissingGrace:
                return new Settlement(DeliveryState.Parked, outcome, result.Reason, null, result.Owned);
            // What closes the whole target is mended in one place and must not cost versions: they wait as long as it takes.
            case OutcomeNature.Transient when now - since >= options.Horizon:
                return new Settlement(DeliveryState.Parked, outcome, GaveUp(options, since, result.Reason), null, result.Owned);
            case OutcomeNature.NotSettled:
                throw new ArgumentException($"{result.Outcome} is not settled.", nameof(result));
            default:
                var next = now + Delay(options, version.Attempts, result, random);
                if (notBefore is { } end && next < end)
                    next = end + (options.FirstRetry * random);
                return new Settlement(DeliveryState.Waiting, outcome, result.Reason, next, result.Owned);
        }
    }

    /// <summary>Doubles with each attempt; the upper half of each step is random.</summary>
    internal static TimeSpan Delay(DeliveryOptions options, int attempts, AttemptResult result, double random)
    {
        var step = Math.Min(
            options.FirstRetry.TotalSeconds * Math.Pow(2, Math.Clamp(attempts - 1, 0, 40)), options.MaxRetryDelay.TotalSeconds);
        var delay = TimeSpan.FromSeconds(step * (0.5 + (0.5 * random)));
        if (result.Outcome == DeliveryOutcome.Unauthorized && delay < options.PauseAfterUnauthorized)
            delay = options.PauseAfterUnauthorized;
        return result.RetryAfter is { } asked && delay < asked ? asked : delay;
    }

    private static string GaveUp(DeliveryOptions options, DateTimeOffset since, string last) => string.Create(
        CultureInfo.InvariantCulture,
        $"Failing since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, longer than Delivery:Horizon ({options.Horizon}); "
        + $"redeliver when the cause is gone. Last: {last}");
}
