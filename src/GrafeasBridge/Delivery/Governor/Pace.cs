namespace GrafeasBridge.Delivery.Governor;

/// <summary>What a version costs in calls, and how fast versions get done while there are any. Not safe for several threads.</summary>
internal sealed class Pace
{
    // Reading, writing, reading back; a version that is there already and only read costs less, one that is created more.
    private const double FirstGuess = 3;
    private const double Weight = 1.0 / 16;
    private const int FewVersions = 8;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private double versions;
    private double busy;
    private long finished;
    private int inHand;
    private TimeSpan since;

    public double CallsPerVersion { get; private set; } = FirstGuess;

    /// <summary>Over the last minute or so of work; pauses in which nothing was in hand do not count. Null until it means something.</summary>
    public double? VersionsPerSecond(TimeSpan now)
    {
        Pass(now);
        return finished >= FewVersions && busy > 0 ? versions / busy : null;
    }

    public void Began(TimeSpan now)
    {
        Pass(now);
        inHand++;
    }

    /// <param name="now">The time.</param>
    /// <param name="calls">That it made; null when it was not brought to an end, and so says nothing of what a version costs.</param>
    public void Ended(TimeSpan now, int? calls)
    {
        Pass(now);
        inHand--;
        if (calls is not > 0)
            return;
        versions++;
        finished++;
        CallsPerVersion += (Math.Min(calls.Value, 100) - CallsPerVersion) * Weight;
    }

    public void Restore(double callsPerVersion) => CallsPerVersion = callsPerVersion;

    /// <summary>Both sums fade with the time of work, so that their ratio follows a change.</summary>
    private void Pass(TimeSpan now)
    {
        if (inHand > 0 && now > since)
        {
            var worked = (now - since).TotalSeconds;
            var fade = Math.Exp(-worked / Memory.TotalSeconds);
            versions *= fade;
            busy = (busy * fade) + (Memory.TotalSeconds * (1 - fade));
        }

        since = now;
    }
}
