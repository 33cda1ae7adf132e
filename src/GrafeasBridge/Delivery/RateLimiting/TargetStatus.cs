namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>How a target does, at one moment.</summary>
/// <param name="Open">False while it is left alone.</param>
/// <param name="PausedUntil">When it is tried again; null while it is open.</param>
/// <param name="Reason">Why it is left alone, or why versions go one by one; empty when neither.</param>
/// <param name="Limit">Its call limit, as far as it is known; null while none was met.</param>
/// <param name="Concurrency">How many versions may be in flight at once.</param>
/// <param name="CallsPerVersion">How many calls a version takes, of late.</param>
/// <param name="VersionsPerSecond">How many versions get done while there are any; null until a few were.</param>
/// <param name="Backlog">Versions not yet verified when they were last counted; null before.</param>
/// <param name="TimeToDrain">How long they will take; null while nothing is known.</param>
/// <param name="Trouble">Why it is left alone or versions go one by one, in one word; null when neither.</param>
/// <param name="TroubleFor">How long that has been so.</param>
internal sealed record TargetStatus(
    string Target,
    bool Open,
    DateTimeOffset? PausedUntil,
    string Reason,
    CallLimit? Limit,
    int Concurrency,
    double CallsPerVersion,
    double? VersionsPerSecond,
    long? Backlog,
    TimeSpan? TimeToDrain,
    PauseKind? Trouble = null,
    TimeSpan TroubleFor = default)
{
    /// <summary>Calls in a second that the bridge makes at most in the long run; null without a limit.</summary>
    public double? CallsPerSecond => Limit?.Rate;
}
