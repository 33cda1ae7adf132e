namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>
/// Estimates a target's call limit from when calls pass and when they are refused. It knows nothing of fixed or sliding windows: what
/// passed between two moments at which the target began to let calls in is what it allows in that time, for either. Some targets
/// refuse by chance, so one refusal proves nothing: a limit is what two measurements agree on. It is lowered by a refusal, forgotten
/// after a second one in a row, and raised by a fifth after windows without any. Not safe for several threads.
/// </summary>
internal sealed class RateLimitEstimator(CallHistory history, CallLimit? configured)
{
    // More than the share of a limit that is left unused: a raise that is not refused proves that the limit is higher.
    private const double Raise = 1.2;
    private const double NearlyRight = 0.93;
    private const int WindowsToRaise = 2;
    private const int LongestBackoff = 32;
    private const int FewCalls = 3;
    private const double Agreement = 1.25;
    private const int MostlyOpen = 10;
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestToRaise = TimeSpan.FromMinutes(1);

    // Ours: a target's clock and the way to it are not exact, and Retry-After is in whole seconds.
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private Scarcity? scarcity;
    private TimeSpan? lastEnd;
    private double? measured;

    // Since the last raise: the limit before it, while it was not refused; and whether a refusal has lowered the limit already.
    private double? raisedFrom;
    private bool lowered;
    private int backoff = 1;
    private TimeSpan raiseAt;

    /// <summary>What is believed now; null while no limit was ever met.</summary>
    public CallLimit? Limit { get; private set; } = configured;

    /// <summary>The same without a raise that may yet be refused.</summary>
    public CallLimit? Proven => raisedFrom is { } kept ? Limit! with { Calls = kept } : Limit;

    /// <summary>True while the target refuses, or is about to.</summary>
    public bool IsScarce => scarcity is not null;

    /// <summary>Takes what an earlier process learned; what the operator says goes before it.</summary>
    public void Restore(CallLimit limit, TimeSpan now)
    {
        if (Limit is null)
            Believe(limit, now);
    }

    /// <summary>A call was refused, or the target says that hardly any is left.</summary>
    /// <param name="now">The time of the answer.</param>
    /// <param name="sent">Number of the last call sent so far; only later ones can tell that it is over.</param>
    /// <param name="reopens">When calls pass again, as the target says; null when it does not.</param>
    /// <param name="told">The limit as headers tell it, when nothing was refused.</param>
    public void Scarce(TimeSpan now, long sent, TimeSpan? reopens, long? told)
    {
        scarcity ??= new Scarcity(now);
        scarcity.Last = now;
        scarcity.LastSent = sent;
        scarcity.Reopens = reopens ?? scarcity.Reopens;
        scarcity.Told = scarcity.Refused || told is null ? null : told;
        scarcity.Refused |= told is null;
    }

    /// <summary>A call passed.</summary>
    /// <param name="number">Of the call.</param>
    /// <param name="sentAt">When it was sent.</param>
    /// <returns>True when that ended a scarcity; the limit says then what was learned, if anything.</returns>
    public bool Passed(long number, TimeSpan sentAt)
    {
        if (scarcity is not { } over || number <= over.LastSent)
            return false;
        scarcity = null;
        // The target's own word is more exact than the time of a probe that came late.
        var named = over.Reopens is { } reopens && reopens <= sentAt && reopens >= over.Last - Second;
        var end = named ? over.Reopens!.Value : sentAt;
        if (Limit is not { Source: LimitSource.Configured })
            Learn(over, end, named, sentAt);
        lastEnd = end;
        return true;
    }

    /// <summary>Raises a limit that was learned, after enough windows without a refusal; call it while the limit holds versions back.</summary>
    /// <returns>True when the limit was raised.</returns>
    public bool TryRaise(TimeSpan now)
    {
        if (Limit is not { Source: not LimitSource.Configured } limit || scarcity is not null || now < raiseAt)
            return false;
        if (raisedFrom is not null)
            backoff = 1;
        (raisedFrom, lowered) = (limit.Calls, false);
        Limit = limit with { Calls = Math.Ceiling(limit.Calls * Raise) };
        raiseAt = now + ToRaise(limit);
        return true;
    }

    private TimeSpan ToRaise(CallLimit limit) => Max(WindowsToRaise * limit.Window, ShortestToRaise) * backoff;

    private void Learn(Scarcity over, TimeSpan end, bool named, TimeSpan now)
    {
        var closed = (named ? end : over.Last) - over.First;
        // A longer window than is known is another limit.
        var known = Limit is { } limit && closed <= limit.Window + Second ? limit : null;
        if (known is not null && !lowered)
        {
            Lower(known, over.First + closed);
            raiseAt = now + ToRaise(known);
            return;
        }

        if (known is not null)
            (Limit, measured) = (null, null);
        if (Measure(over, end) is { } found)
            Believe(found, now);
    }

    /// <summary>The window holds, but fewer calls fit in than was thought. What was kept before a raise is nearly right still.</summary>
    private void Lower(CallLimit known, TimeSpan until)
    {
        double passed = history.Count(until - known.Window, until);
        var calls = raisedFrom is { } kept
            ? Math.Max(NearlyRight * kept, Math.Min(kept, passed))
            : Math.Max(known.Calls / 2, Math.Min(known.Calls, passed));
        backoff = raisedFrom is null ? 1 : Math.Min(backoff * 2, LongestBackoff);
        Limit = known with { Calls = Math.Ceiling(calls) };
        (raisedFrom, lowered) = (null, raisedFrom is null);
    }

    private void Believe(CallLimit limit, TimeSpan now)
    {
        (Limit, raisedFrom, lowered, backoff) = (limit, null, false, 1);
        raiseAt = now + ToRaise(limit);
    }

    /// <returns>What the target allows; null while that is not certain.</returns>
    private CallLimit? Measure(Scarcity over, TimeSpan end)
    {
        var start = Max(lastEnd ?? history.First ?? over.First, end - CallHistory.Longest);
        // When hardly anything was asked for most of the time, the window is shorter than that.
        if (over.First - start > MostlyOpen * (end - over.First))
            return null;
        var window = Max(end - start, ShortestWindow);
        if (over.Told is { } told)
            return new CallLimit(told, window, LimitSource.Headers);
        double calls = history.Count(start, end);
        // Others used it up, or an earlier process: how much there is will be seen in the next window.
        if (calls < FewCalls)
            return null;
        var agrees = measured is { } before && Math.Max(calls, before) <= Agreement * Math.Min(calls, before);
        measured = calls;
        return agrees ? new CallLimit(calls, window, LimitSource.Refusals) : null;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>A time in which the target refuses, or has hardly any calls left.</summary>
    private sealed class Scarcity(TimeSpan first)
    {
        public TimeSpan First { get; } = first;

        public TimeSpan Last { get; set; }

        public long LastSent { get; set; }

        public TimeSpan? Reopens { get; set; }

        public long? Told { get; set; }

        public bool Refused { get; set; }
    }
}
