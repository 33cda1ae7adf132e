namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>
/// How many calls passed, and when; coarser the longer ago, so that a month of any traffic takes the same few kilobytes. Times are
/// counted from the start of the process by a clock that nobody sets. Not safe for several threads.
/// </summary>
internal sealed class CallHistory
{
    /// <summary>What is older is forgotten; windows of limits are never longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private const int Buckets = 256;
    private const int Levels = 12;
    private const int Coarser = 4;
    private static readonly long Finest = TimeSpan.FromMilliseconds(10).Ticks;

    private readonly (long Number, long Count)[][] levels =
        [.. Enumerable.Range(0, Levels).Select(_ => new (long, long)[Buckets])];

    /// <summary>When the first call was counted; null before it.</summary>
    public TimeSpan? First { get; private set; }

    public void Add(TimeSpan at)
    {
        First ??= at;
        var width = Finest;
        foreach (var level in levels)
        {
            var number = Number(at, width);
            ref var bucket = ref level[number % Buckets];
            if (bucket.Number != number)
                bucket = (number, 0);
            bucket.Count++;
            width *= Coarser;
        }
    }

    /// <summary>Takes back a call that turned out not to have passed.</summary>
    public void Remove(TimeSpan at)
    {
        var width = Finest;
        foreach (var level in levels)
        {
            var number = Number(at, width);
            ref var bucket = ref level[number % Buckets];
            if (bucket.Number == number && bucket.Count > 0)
                bucket.Count--;
            width *= Coarser;
        }
    }

    /// <summary>Calls from one time to another. The earlier end is rounded down, by at most a sixty-fourth: never too few.</summary>
    public long Count(TimeSpan from, TimeSpan to)
    {
        (var level, var width) = LevelFor(to - from);
        long sum = 0;
        for (var number = Number(from, width); number <= Number(to, width); number++)
            sum += At(level, number);
        return sum;
    }

    /// <summary>When the calls of the last <paramref name="window"/> will have become few enough, if no more are made.</summary>
    /// <returns>A time not before <paramref name="now"/>.</returns>
    public TimeSpan WhenAtMost(long most, TimeSpan now, TimeSpan window)
    {
        (var level, var width) = LevelFor(window);
        var rest = Count(now - window, now);
        for (var number = Number(now - window, width); rest > most && number <= Number(now, width); number++)
        {
            rest -= At(level, number);
            if (rest <= most)
                return Max(now, TimeSpan.FromTicks(number * width) + window);
        }

        return now;
    }

    private static (int Level, long Width) LevelFor(TimeSpan span)
    {
        var width = Finest;
        var level = 0;
        for (; level < Levels - 1 && span.Ticks > width * (Buckets - 2); level++)
            width *= Coarser;
        return (level, width);
    }

    // Numbers begin at 1: a bucket that was never used belongs to no time.
    private static long Number(TimeSpan at, long width) => (Math.Max(0, at.Ticks) / width) + 1;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private long At(int level, long number) => levels[level][number % Buckets] is var bucket && bucket.Number == number ? bucket.Count : 0;
}
