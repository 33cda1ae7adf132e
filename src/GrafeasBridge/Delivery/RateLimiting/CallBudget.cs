namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>
/// The calls that may be made now. Two accounts have to agree: a bucket that fills steadily, which spreads the calls over the
/// window, and the calls of the last window, which keeps a small limit that a single version nearly fills. Every attempt is
/// debited when it is made, and debt is allowed: it is versions that are admitted, not calls. Not safe for several threads.
/// </summary>
/// <remarks>The limiters of System.Threading.RateLimiting take no <see cref="TimeProvider"/>, and allow no debt.</remarks>
internal sealed class CallBudget(CallHistory history)
{
    // Sums of fractions miss whole numbers by a hair.
    private const double Hair = 1e-6;

    private CallLimit? limit;
    private double level;
    private TimeSpan filledAt;

    /// <summary>Calls that are still expected: by versions in flight, or in the background.</summary>
    public double Reserved { get; set; }

    public CallLimit? Limit => limit;

    /// <summary>A limit that was just learned begins with an empty bucket: what led to it has been used.</summary>
    public void Set(CallLimit? value, TimeSpan now, double saved = 0)
    {
        Fill(now);
        level = limit is null ? saved : Math.Min(level, value?.Calls ?? 0);
        limit = value;
        filledAt = now;
    }

    public void Spend(TimeSpan now)
    {
        history.Add(now);
        if (limit is null)
            return;
        Fill(now);
        level--;
    }

    /// <summary>Takes back a call that the target refused: those do not count against its limit.</summary>
    public void Refund(TimeSpan sent)
    {
        history.Remove(sent);
        if (limit is not null)
            level++;
    }

    /// <returns>How many versions of <paramref name="cost"/> calls can be admitted now.</returns>
    public int Room(double cost, int most, TimeSpan now)
    {
        if (limit is null)
            return most;
        var versions = 0;
        while (versions < most && Until(cost * (versions + 1), cost, now) == TimeSpan.Zero)
            versions++;
        return versions;
    }

    /// <returns>How long until this many calls can be made over what is reserved; zero when they can be made now.</returns>
    /// <param name="calls">Wanted.</param>
    /// <param name="cost">Of one version: so much is always saved up, and one is admitted into an empty window, whatever the limit.</param>
    /// <param name="now">The time.</param>
    public TimeSpan Until(double calls, double cost, TimeSpan now)
    {
        if (limit is null)
            return TimeSpan.Zero;
        Fill(now);
        level = Math.Min(level, Deepest(cost));
        var missing = calls + Reserved - level;
        var steady = missing <= Hair ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(missing / limit.Rate, CallHistory.Longest.TotalSeconds));
        var before = Math.Max(0, limit.Most - Reserved - calls);
        var window = history.WhenAtMost((long)(before + Hair), now, limit.Window) - now;
        // Timers count whole milliseconds: rounded down, the wait would end a moment too soon.
        return TimeSpan.FromMilliseconds(Math.Ceiling((steady > window ? steady : window).TotalMilliseconds));
    }

    private double Deepest(double cost) => Math.Max(cost, CallLimit.Burst * limit!.Calls);

    private void Fill(TimeSpan now)
    {
        if (limit is not null && now > filledAt)
            level += limit.Rate * (now - filledAt).TotalSeconds;
        filledAt = now;
    }
}
