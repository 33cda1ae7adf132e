namespace GrafeasBridge.Delivery.Governor;

/// <summary>
/// Finds a target's limit from when calls pass and when they do not. It knows nothing of fixed or sliding windows: what passed
/// between two moments at which the target let calls in is what it allows in that time, for either. One refusal proves nothing: some
/// targets refuse by chance. Only measurements that agree are a limit, and one that is refused below it again and again is none. Not
/// safe for several threads.
/// </summary>
internal sealed class LimitLearner
{
    private const double FirstStep = 0.05;
    private const double BoldStep = 0.4;
    private const double LargestStep = 1;
    private const int LongestPatience = 32;
    private const int FewCalls = 3;
    private const double NearlyGood = 0.93;
    private const double MuchLess = 0.75;
    private const double Agreement = 1.25;
    private const int FewestProofs = 2;
    private const int MostProofs = 6;
    private const int MostUnexplained = 2;
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMinutes(1);

    // Ours: a target's clock and the way to it are not exact, and Retry-After is in whole seconds.
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Limits are set by people, who take round numbers.</summary>
    private static readonly TimeSpan[] RoundWindows =
    [
        .. new[] { 1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000 }
            .Select(seconds => TimeSpan.FromSeconds(seconds)),
    ];

    private readonly CallHistory history;
    private readonly CallLimit? configured;
    private readonly List<double> measured = [];
    private Scarcity? scarcity;
    private TimeSpan? lastEnd;

    // How many measurements must agree, and refusals in a row below what was thought to be good.
    private int proofs = FewestProofs;
    private int unexplained;

    // Exploring: what was good before the last raise, the size of the next, and how many windows to wait for it.
    private double good;
    private double step = FirstStep;
    private TimeSpan exploreAt;

    /// <param name="history">Of the calls that passed.</param>
    /// <param name="configured">What the operator says; null when nothing.</param>
    public LimitLearner(CallHistory history, CallLimit? configured)
    {
        this.history = history;
        this.configured = configured;
        Limit = configured;
    }

    /// <summary>What is believed now; null while no limit was ever met.</summary>
    public CallLimit? Limit { get; private set; }

    /// <summary>Base intervals between one raise and the next; doubles with each raise that was refused.</summary>
    public int Patience { get; private set; } = 1;

    /// <summary>When the target began to refuse or to run out; null while it does not.</summary>
    public TimeSpan? ScarceSince => scarcity?.First;

    /// <summary>Takes what an earlier process learned.</summary>
    public void Restore(CallLimit limit, int patience, TimeSpan now)
    {
        if (configured is not null)
            return;
        (Limit, Patience, good) = (limit, Math.Clamp(patience, 1, LongestPatience), limit.Calls);
        exploreAt = now + Interval(limit);
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
        var closed = (named ? end : over.Last) - over.First;
        if (Limit is { } known && closed <= known.Window + Second)
            Shrink(known, over, over.First + closed);
        else
            Discover(over, end, named);
        lastEnd = end;
        if (Limit is { } limit)
            exploreAt = sentAt + Interval(limit);
        return true;
    }

    /// <summary>Tries a little more now and then, when the limit is what holds the bridge back.</summary>
    /// <returns>True when the limit was raised.</returns>
    public bool Explore(TimeSpan now)
    {
        if (Limit is not { } limit || scarcity is not null || now < exploreAt)
            return false;
        // More than the operator says is never tried.
        var most = limit.Source == LimitSource.Configured ? configured!.Calls : double.MaxValue;
        if (limit.Calls >= most)
            return false;
        good = limit.Calls;
        unexplained = 0;
        Limit = limit with { Calls = Math.Min(most, limit.Calls + Math.Max(limit.Calls * step, 1)) };
        step = Math.Min(step * 2, LargestStep);
        // Three raises in a row were good: the limit is another.
        if (step > BoldStep)
            Patience = 1;
        exploreAt = now + Interval(limit);
        return true;
    }

    private TimeSpan Interval(CallLimit limit)
    {
        var once = 2 * limit.Window;
        return (once > LeastPatience ? once : LeastPatience) * Patience;
    }

    /// <summary>The window holds; fewer calls fit in than was thought.</summary>
    private void Shrink(CallLimit known, Scarcity over, TimeSpan until)
    {
        double atRefusal = history.Count(over.First - known.Window, over.First);
        double atEnd = history.Count(until - known.Window, until);
        var explored = good > 0 && good < known.Calls;
        if (!explored && known.Source != LimitSource.Configured && ++unexplained >= MostUnexplained)
        {
            Disbelieve();
            return;
        }

        // A refusal may have another cause, and where many have, the limit must not sink to nothing: it falls by half at most. What
        // was good before a raise is nearly good still.
        var least = explored ? NearlyGood * Math.Min(good, atRefusal) : Math.Max(1, known.Calls / 2);
        var calls = Math.Max(least, Math.Min(explored ? good : known.Calls, Math.Min(atRefusal, atEnd)));
        // With nothing allowed nothing would ever be learned again.
        if (calls < 1)
        {
            if (known.Source != LimitSource.Configured)
                Disbelieve();
            return;
        }

        if (explored)
            Patience = Math.Min(Patience * 2, LongestPatience);
        else if (calls < MuchLess * known.Calls)
            Patience = 1;
        step = FirstStep;
        good = calls;
        Limit = known with { Calls = calls };
    }

    /// <summary>Nothing is known of the window, or it is longer than was thought.</summary>
    private void Discover(Scarcity over, TimeSpan end, bool named)
    {
        var start = Start(over, end);
        var longest = Max(end - start, TimeSpan.FromMilliseconds(100));
        var shortest = named ? longest - Second - Second : over.Last - start;
        var window = Round(shortest, longest);
        double calls = over.Told ?? history.Count(start, end);
        // Others used it up, or an earlier process: how much there is will be seen in the next window.
        if (calls < FewCalls || (over.Told is null && !IsProved(calls)))
            return;
        Limit = new CallLimit(calls, Min(window, CallHistory.Longest), over.Told is null ? LimitSource.Refusals : LimitSource.Headers);
        Patience = 1;
        // A guess that may be far too careful is left sooner.
        step = longest > 1.5 * shortest && !named ? BoldStep : FirstStep;
        good = calls;
    }

    private bool IsProved(double calls)
    {
        measured.Add(calls);
        if (measured.Count > proofs)
            measured.RemoveAt(0);
        return measured.Count == proofs && measured.Max() <= Agreement * measured.Min();
    }

    /// <summary>What was believed explains the refusals no longer: it is another limit, or there is none and they come by chance.</summary>
    private void Disbelieve()
    {
        Limit = null;
        unexplained = 0;
        measured.Clear();
        proofs = Math.Min(proofs + 1, MostProofs);
    }

    /// <summary>
    /// When the window began in which the calls were used up: when the last one ended, or with the first call; but what trickled
    /// long before most of them is left out.
    /// </summary>
    private TimeSpan Start(Scarcity over, TimeSpan end)
    {
        var first = Max(lastEnd ?? history.First ?? over.First, end - CallHistory.Longest);
        var closed = end - over.First;
        if (end - first <= 2 * closed)
            return first;
        var most = 0.9 * history.Count(first, end);
        var early = first;
        var late = over.First;
        for (var i = 0; i < 40; i++)
        {
            var middle = early + ((late - early) / 2);
            if (history.Count(middle, end) >= most)
                early = middle;
            else
                late = middle;
        }

        return early;
    }

    /// <summary>The longest round window that fits what was seen; else what was seen.</summary>
    private static TimeSpan Round(TimeSpan shortest, TimeSpan longest)
    {
        var fitting = RoundWindows.LastOrDefault(round => round >= shortest * 0.98 && round <= longest * 1.02);
        return fitting > TimeSpan.Zero ? fitting : longest;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

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
