using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>Why a target is left alone.</summary>
internal enum PauseKind
{
    /// <summary>It refuses the credentials.</summary>
    Unauthorized,

    /// <summary>Its call limit is used up, or nearly.</summary>
    Throttled,

    /// <summary>It cannot be reached, or fails whatever it is asked.</summary>
    Down,
}

/// <summary>A pause of a target.</summary>
/// <param name="Reason">A safe sentence.</param>
internal sealed record TargetPause(PauseKind Kind, TimeSpan Left, string Reason);

/// <summary>
/// Says whether versions of a target may be claimed now. A target that is down, refuses the credentials or asks for quiet is
/// closed for a while; then one version goes first, and the others follow when it was let in.
/// </summary>
internal sealed class TargetGate(DeliveryOptions options, TimeProvider clock, TimeSpan? breakDuration = null)
{
    private const int FailuresInRow = 5;
    private const double ThrottleGrowth = 0.25;
    private static readonly TimeSpan LongestUnauthorized = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestThrottle = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestDown = TimeSpan.FromMinutes(1);

    private readonly Lock sync = new();
    private readonly long origin = clock.GetTimestamp();
    private readonly TimeSpan firstDown = breakDuration ?? new TargetOptions().BreakDuration;

    // By a clock that nobody sets: a changed wall clock neither ends a pause nor makes it longer.
    private TimeSpan closedUntil;
    private TimeSpan closedSince;
    private TimeSpan quietUntil;
    private PauseKind kind;
    private string reason = "";
    private bool probing;
    private int pausesInRow;

    // Since the last pause: was anybody let in, and who was refused since then?
    private bool letIn;
    private PackageCoordinates? refused;

    // In a row, with nothing in between that the target did.
    private int failures;
    private VersionCoordinates? firstFailed;
    private bool severalFailed;

    private TimeSpan Now => clock.GetElapsedTime(origin);

    /// <summary>The pause that goes on; null while there is none.</summary>
    public TargetPause? Pause
    {
        get
        {
            lock (sync)
                return closedUntil > Now ? new TargetPause(kind, closedUntil - Now, reason) : null;
        }
    }

    /// <summary>Why versions go one by one: a pause is over, and nobody was let in yet. Null when they do not.</summary>
    public string? Probing
    {
        get
        {
            lock (sync)
                return probing && closedUntil <= Now ? reason : null;
        }
    }

    /// <summary>For how long it has been left alone, or versions went one by one, and why; null when neither.</summary>
    public (PauseKind Kind, TimeSpan For)? Trouble
    {
        get
        {
            lock (sync)
                return probing ? (kind, Now - closedSince) : null;
        }
    }

    /// <summary>How long the target itself asked not to be called; null when it did not, or when that is over.</summary>
    public TimeSpan? Quiet
    {
        get
        {
            lock (sync)
                return quietUntil > Now ? quietUntil - Now : null;
        }
    }

    /// <returns>How many of the <paramref name="free"/> slots may be filled while <paramref name="inFlight"/> versions are in flight.</returns>
    public int Admit(int free, int inFlight)
    {
        lock (sync)
        {
            if (closedUntil > Now)
                return 0;
            // A version that is dead itself must not stand for its target for good: each failed probe brings a companion.
            var probes = kind == PauseKind.Down ? Math.Max(1, pausesInRow) : 1;
            return !probing ? free : Math.Clamp(probes - inFlight, 0, free);
        }
    }

    /// <summary>The call limit is used up, or nearly.</summary>
    /// <param name="asked">By the target; null when it named no time.</param>
    /// <param name="quiet">Nothing may be called until then, not even by versions in flight.</param>
    /// <param name="why">A safe sentence.</param>
    /// <returns>The pause that this began or made longer; null when it did neither.</returns>
    public TimeSpan? Throttle(TimeSpan? asked, bool quiet, string why)
    {
        lock (sync)
        {
            if (quiet && asked is { } rest && quietUntil < Now + rest)
                quietUntil = Now + rest;
            // The probes follow the time that has passed: when one is let in, the length of the window is known within a quarter.
            var waited = probing ? Now - closedSince : TimeSpan.Zero;
            var longest = Longer(options.ThrottlePause, LongestThrottle);
            var own = Shorter(Longer(options.ThrottlePause, waited * ThrottleGrowth), longest);
            return Close(PauseKind.Throttled, asked, own, why);
        }
    }

    /// <summary>A call passed after the limit had been used up: a pause whose length was a guess is over.</summary>
    public void Passed()
    {
        lock (sync)
        {
            if (kind == PauseKind.Throttled && probing && quietUntil <= Now)
                closedUntil = Now;
        }
    }

    /// <summary>Learns from how a try ended.</summary>
    /// <param name="result">Of the attempt.</param>
    /// <param name="version">That was tried.</param>
    /// <param name="disconnected">There was not even a connection, which cannot be the version's fault.</param>
    /// <returns>The pause that this began; null when it began none.</returns>
    public TimeSpan? Report(AttemptResult result, VersionCoordinates version, bool disconnected = false)
    {
        lock (sync)
        {
            switch (result.Outcome)
            {
                case DeliveryOutcome.Unauthorized when letIn && (refused is null || refused == version.InPackage):
                    // Others are let in, so the rights of this package may be all that is missing: no reason to stop the rest.
                    refused = version.InPackage;
                    probing = false;
                    return null;
                case DeliveryOutcome.Unauthorized:
                    return Close(PauseKind.Unauthorized, null, Doubled(PauseKind.Unauthorized, options.PauseAfterUnauthorized, LongestUnauthorized), result.Reason);
                case DeliveryOutcome.Throttled:
                    return Throttle(result.RetryAfter, quiet: false, result.Reason);
                case DeliveryOutcome.Unreachable:
                    return Failed(result, version, disconnected);
                case DeliveryOutcome.LeaseLost or DeliveryOutcome.Returned or DeliveryOutcome.StoreFailed or DeliveryOutcome.Failed:
                    return null;
                default:
                    Open();
                    return null;
            }
        }
    }

    /// <summary>One version may be dead by itself; several in a row, or no connection at all, are the target's doing.</summary>
    private TimeSpan? Failed(AttemptResult result, VersionCoordinates version, bool disconnected)
    {
        failures++;
        firstFailed ??= version;
        severalFailed |= firstFailed != version;
        var down = disconnected || (probing && kind == PauseKind.Down) || (severalFailed && failures >= FailuresInRow);
        if (!down && result.RetryAfter is not { Ticks: > 0 })
            return null;
        var own = Doubled(PauseKind.Down, firstDown, LongestDown);
        var first = pausesInRow == 0 || closedUntil > Now;
        TimeSpan? asked = result.RetryAfter is { Ticks: > 0 } rest ? first ? rest : Longer(rest, own) : null;
        return Close(PauseKind.Down, asked, own, result.Reason);
    }

    /// <param name="why">The kind of the pause; what closes a closed target leaves the kind as it is.</param>
    /// <param name="asked">By the target; counts even during a pause.</param>
    /// <param name="own">Our guess; versions that were in flight together all report, and are one pause, not several.</param>
    /// <param name="sentence">The reason in words.</param>
    private TimeSpan? Close(PauseKind why, TimeSpan? asked, TimeSpan own, string sentence)
    {
        var now = Now;
        var closed = closedUntil > now;
        if (!probing || kind != why)
            closedSince = now;
        letIn = false;
        refused = null;
        var pause = asked ?? own;
        if (closed && (asked is null || closedUntil >= now + pause))
            return null;
        if (!closed)
            pausesInRow = probing && kind == why ? pausesInRow + 1 : 1;
        (probing, kind, reason, closedUntil) = (true, why, sentence, now + pause);
        return pause;
    }

    private void Open()
    {
        (failures, firstFailed, severalFailed) = (0, null, false);
        if (closedUntil > Now)
            return;
        probing = false;
        pausesInRow = 0;
        letIn = true;
        refused = null;
    }

    private TimeSpan Doubled(PauseKind why, TimeSpan first, TimeSpan longest)
    {
        var wait = first.TotalSeconds * Math.Pow(2, probing && kind == why ? Math.Min(pausesInRow, 20) : 0);
        return Shorter(TimeSpan.FromSeconds(wait), Longer(first, longest));
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
