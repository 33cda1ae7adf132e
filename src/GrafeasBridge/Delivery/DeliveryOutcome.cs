namespace GrafeasBridge.Delivery;

/// <summary>Every way in which one try at one version can end. The names are stored and shown; do not rename.</summary>
internal enum DeliveryOutcome
{
    /// <summary>Written, read back, and equal.</summary>
    Delivered,

    /// <summary>The target said the right thing already; nothing was written.</summary>
    Unchanged,

    /// <summary>The target asked for fewer calls (429, or 403 with its API call limit).</summary>
    Throttled,

    /// <summary>No usable answer: DNS, TLS, connection, time-out, 408, 5xx, a redirect, or an open circuit.</summary>
    Unreachable,

    /// <summary>The credentials, or their rights, are not enough (401, 403).</summary>
    Unauthorized,

    /// <summary>The version, or something that holds it, is not at the target, and the bridge may not create it; the reason says what.</summary>
    Missing,

    /// <summary>The target understood and said no; the same request will be refused again.</summary>
    Rejected,

    /// <summary>An answer that is not what the protocol says: HTML for JSON, broken or endless JSON.</summary>
    MalformedResponse,

    /// <summary>The target accepted the write, but reading back gave something else (lost write, truncation).</summary>
    ReadBackMismatch,

    /// <summary>Another worker has claimed the version; nothing was written after that was known.</summary>
    LeaseLost,

    /// <summary>Given back untried because the service stops.</summary>
    Returned,

    /// <summary>The bridge's own store failed on the way; its lease brings the version back.</summary>
    StoreFailed,

    /// <summary>A fault of the bridge itself; the log has the cause.</summary>
    Failed,

    /// <summary>An occurrence of the version is damaged in the bridge's own store.</summary>
    CorruptOccurrence,

    /// <summary>The process ended more than once while the version was in flight, alone.</summary>
    CrashLoop,

    /// <summary>It was delivered, and somebody has deleted it at the target since.</summary>
    RemovedAtTarget,
}

/// <summary>What has to happen after an outcome.</summary>
internal enum OutcomeNature
{
    /// <summary>The version is verified.</summary>
    Done,

    /// <summary>The same may succeed later with nobody changing anything.</summary>
    Transient,

    /// <summary>The whole target is left alone for a while, and so is this version.</summary>
    PausesTarget,

    /// <summary>A person must act; the version is parked.</summary>
    Permanent,

    /// <summary>Nothing is written on the version's row by this try.</summary>
    NotSettled,
}

/// <summary>What an outcome means, in one place: what happens next, how loud it is logged, its tag in metrics.</summary>
internal sealed record OutcomeMeaning(DeliveryOutcome Outcome, OutcomeNature Nature, LogLevel Level, string Tag);

internal static class DeliveryOutcomes
{
    // In the order of the enum; a test holds both together.
    public static readonly IReadOnlyList<OutcomeMeaning> Table =
    [
        new(DeliveryOutcome.Delivered, OutcomeNature.Done, LogLevel.Information, "delivered"),
        new(DeliveryOutcome.Unchanged, OutcomeNature.Done, LogLevel.Debug, "unchanged"),
        new(DeliveryOutcome.Throttled, OutcomeNature.PausesTarget, LogLevel.Information, "throttled"),
        new(DeliveryOutcome.Unreachable, OutcomeNature.Transient, LogLevel.Information, "unreachable"),
        new(DeliveryOutcome.Unauthorized, OutcomeNature.PausesTarget, LogLevel.Warning, "unauthorized"),
        new(DeliveryOutcome.Missing, OutcomeNature.Permanent, LogLevel.Warning, "missing"),
        new(DeliveryOutcome.Rejected, OutcomeNature.Permanent, LogLevel.Warning, "rejected"),
        new(DeliveryOutcome.MalformedResponse, OutcomeNature.Transient, LogLevel.Information, "malformed_response"),
        new(DeliveryOutcome.ReadBackMismatch, OutcomeNature.Transient, LogLevel.Warning, "read_back_mismatch"),
        new(DeliveryOutcome.LeaseLost, OutcomeNature.NotSettled, LogLevel.Warning, "lease_lost"),
        new(DeliveryOutcome.Returned, OutcomeNature.NotSettled, LogLevel.Information, "returned"),
        new(DeliveryOutcome.StoreFailed, OutcomeNature.NotSettled, LogLevel.Information, "store_failed"),
        new(DeliveryOutcome.Failed, OutcomeNature.Transient, LogLevel.Information, "failed"),
        new(DeliveryOutcome.CorruptOccurrence, OutcomeNature.Permanent, LogLevel.Error, "corrupt_occurrence"),
        new(DeliveryOutcome.CrashLoop, OutcomeNature.Permanent, LogLevel.Error, "crash_loop"),
        new(DeliveryOutcome.RemovedAtTarget, OutcomeNature.Permanent, LogLevel.Warning, "removed_at_target"),
    ];

    public static OutcomeMeaning Meaning(this DeliveryOutcome outcome) => Table[(int)outcome];

    /// <summary>True when the version, or something that holds it, is not at the target.</summary>
    public static bool IsAbsent(this DeliveryOutcome outcome) => outcome is DeliveryOutcome.Missing or DeliveryOutcome.RemovedAtTarget;
}
