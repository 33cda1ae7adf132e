namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>What a version costs in calls, and how fast versions get done while there are any. Not safe for several threads.</summary>
internal sealed class Throughput
{
    // Reading, writing, reading back; a version that is there already and only read costs less, one that is created more.
    private const double FirstGuess = 3;
    private const double Weight = 1.0 / 16;
    private const int MostCalls = 100;
    private const int Block = 32;
    private const int FewVersions = 8;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private double versions;
    private double busy;
    private long finished;
    private int calls;
    private int done;
    private TimeSpan since;

    /// <summary>Versions that were claimed and have not ended yet.</summary>
    public int InFlight { get; private set; }

    public double CallsPerVersion { get; private set; } = FirstGuess;

    /// <summary>Over the last minute or so of work; pauses in which nothing was in flight do not count. Null until it means something.</summary>
    public double? VersionsPerSecond(TimeSpan now)
    {
        Pass(now);
        return finished >= FewVersions && busy > 0 ? versions / busy : null;
    }

    public void Began(TimeSpan now, int count)
    {
        Pass(now);
        InFlight += count;
    }

    public void Called() => calls++;

    /// <summary>Some calls belong to no version: the target refused them, or they are made in the background.</summary>
    public void Discount(int count) => calls -= count;

    /// <param name="now">The time.</param>
    /// <param name="isDone">False when it was not brought to an end, and so says nothing of what a version costs.</param>
    public void Ended(TimeSpan now, bool isDone)
    {
        Pass(now);
        if (isDone)
        {
            versions++;
            finished++;
            done++;
        }

        InFlight--;
        if (InFlight == 0 || done >= Block)
            Learn();
    }

    /// <summary>Calls are counted for all versions in flight together, so only those of many, or of all until now, say what one costs.</summary>
    private void Learn()
    {
        if (done > 0)
            CallsPerVersion += (Math.Clamp((double)calls / done, 1, MostCalls) - CallsPerVersion) * (1 - Math.Pow(1 - Weight, done));
        (calls, done) = (0, 0);
    }

    public void Restore(double callsPerVersion) => CallsPerVersion = callsPerVersion;

    /// <summary>Both sums fade with the time of work, so that their ratio follows a change.</summary>
    private void Pass(TimeSpan now)
    {
        if (InFlight > 0 && now > since)
        {
            var worked = (now - since).TotalSeconds;
            var fade = Math.Exp(-worked / Memory.TotalSeconds);
            versions *= fade;
            busy = (busy * fade) + (Memory.TotalSeconds * (1 - fade));
        }

        since = now;
    }
}
