namespace GrafeasBridge.Delivery.Governor;

/// <summary>
/// How many versions may be in hand at once, between one and the configured number: some targets do not refuse, they get slow. The
/// latency of calls is held against what it is when the target has hardly anything to do. Not safe for several threads.
/// </summary>
internal sealed class SlotTuner(int slots)
{
    private const int CallsInWindow = 20;
    private const int CallsInDip = 9;
    private const int WindowsBetweenDips = 200;
    private const int WindowsBeforeFirstDip = 2;
    private const int LongestDip = 2;

    // Above the noise of a healthy target. Two windows in a row, since one may be chance.
    private const double TooSlow = 2;
    private const int SlowWindows = 2;
    private const double ManyFailures = 0.3;
    private const double Less = 0.8;
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(20);

    private readonly List<double> window = new(CallsInWindow);
    private readonly List<double> alone = new(CallsInDip);
    private double level = slots;
    private double? unloaded;
    private int failures;
    private int slow;
    private int untilDip = WindowsBeforeFirstDip;
    private bool wasFull;

    /// <summary>How many versions may be in hand now. In a dip it is one, to see how fast the target is when it has nothing else to do.</summary>
    public int Current => Dipping ? 1 : Settled;

    /// <summary>The same without dips.</summary>
    public int Settled => Math.Max(1, (int)level);

    public bool Dipping => untilDip <= 0 && slots > 1;

    /// <summary>How many dips there were.</summary>
    public int Dips { get; private set; }

    /// <summary>All that may be in hand was in hand: only then more can be tried.</summary>
    public void Full() => wasFull = true;

    /// <summary>A call ended.</summary>
    /// <param name="took">How long it took.</param>
    /// <param name="inFlight">Calls under way when it was sent, itself included.</param>
    /// <param name="failed">No answer in time, or one that says the target is overloaded.</param>
    public void Ended(TimeSpan took, int inFlight, bool failed)
    {
        if (failed)
            failures++;
        else if (inFlight == 1)
            Lonely(took.TotalSeconds);
        if (!failed)
            window.Add(took.TotalSeconds);
        if (window.Count + failures >= CallsInWindow)
            Judge();
    }

    private void Lonely(double seconds)
    {
        alone.Add(seconds);
        if (alone.Count < CallsInDip)
            return;
        var now = Median(alone);
        alone.Clear();
        // A target may become slower for good; what was measured last counts as much as all before.
        unloaded = unloaded is { } before ? (before + now) / 2 : now;
        untilDip = WindowsBetweenDips;
    }

    private void Judge()
    {
        var failing = failures > ManyFailures * CallsInWindow;
        var tooSlow = window.Count > 0 && unloaded is { } fast && Median(window) is var median
            && median > TooSlow * fast && median - fast > Noticeable.TotalSeconds;
        slow = tooSlow ? slow + 1 : 0;
        if (failing || slow >= SlowWindows)
        {
            level = Math.Max(1, level * Less);
            slow = 0;
        }
        else if (!tooSlow && wasFull)
        {
            level = Math.Min(slots, level + 1);
        }

        // A dip in which no call was ever alone says nothing, and ends.
        untilDip = untilDip <= -LongestDip ? WindowsBetweenDips : untilDip - 1;
        if (untilDip == 0)
            Dips++;
        wasFull = false;
        failures = 0;
        window.Clear();
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
