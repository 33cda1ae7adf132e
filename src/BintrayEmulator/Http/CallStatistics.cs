using System.Text.Json.Nodes;

namespace BintrayEmulator.Http;

/// <summary>
/// When calls arrived and how they ended: proves how many there were in any window of one length. Exact, by the time of arrival, on a
/// clock that does not jump.
/// </summary>
internal sealed class CallStatistics(TimeProvider clock, TimeSpan window)
{
    private const int MaxKept = 1_000_000;

    private readonly Lock gate = new();
    private readonly List<Arrival> kept = [];
    private readonly SortedDictionary<int, long> byStatus = [];
    private TimeSpan length = window;
    private DateTimeOffset since = clock.GetUtcNow();
    private long dropped;
    private long calls;
    private (int All, int NotRefused) greatest;
    private bool isExact = true;

    /// <summary>Records an arrival; its number is passed to <see cref="End"/>.</summary>
    public long Arrive()
    {
        lock (gate)
        {
            if (kept.Count == MaxKept)
                Compact();

            kept.Add(new Arrival(clock.GetTimestamp()));
            calls++;
            return dropped + kept.Count - 1;
        }
    }

    /// <param name="status">0 for a connection that was cut.</param>
    public void End(long number, int status)
    {
        lock (gate)
        {
            byStatus[status] = byStatus.GetValueOrDefault(status) + 1;
            var place = (int)(number - dropped);
            if (place >= 0 && place < kept.Count && status is StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests)
                kept[place] = kept[place] with { IsRefused = true };
        }
    }

    /// <summary>Starts again from zero, with another window when one is given.</summary>
    public void Reset(TimeSpan? newWindow)
    {
        lock (gate)
        {
            // Calls in flight end with a number from before the reset, which must not match a new call.
            dropped += kept.Count;
            kept.Clear();
            byStatus.Clear();
            (calls, greatest, isExact) = (0, (0, 0), true);
            length = newWindow ?? length;
            since = clock.GetUtcNow();
        }
    }

    public JsonObject Json()
    {
        lock (gate)
        {
            var (all, notRefused) = Greatest();
            return new JsonObject
            {
                ["since"] = Attributes.AttributeDates.Write(since),
                ["calls"] = calls,
                ["byStatus"] = new JsonObject(byStatus.Select(s => KeyValuePair.Create(s.Key.ToString("D", null), (JsonNode?)s.Value))),
                ["windowMilliseconds"] = length.TotalMilliseconds,
                ["greatest"] = new JsonObject { ["all"] = all, ["notRefused"] = notRefused, ["exact"] = isExact },
            };
        }
    }

    // Two pointers: the window that ends with each arrival begins behind the last one that is a whole window older.
    private (int All, int NotRefused) Greatest()
    {
        var (all, notRefused) = greatest;
        var (first, passing) = (0, 0);
        for (var last = 0; last < kept.Count; last++)
        {
            passing += kept[last].IsRefused ? 0 : 1;
            for (; clock.GetElapsedTime(kept[first].At, kept[last].At) >= length; first++)
                passing -= kept[first].IsRefused ? 0 : 1;

            all = Math.Max(all, last - first + 1);
            notRefused = Math.Max(notRefused, passing);
        }

        return (all, notRefused);
    }

    // Calls that no future call can share a window with are dropped; only their greatest number is kept.
    private void Compact()
    {
        greatest = Greatest();
        var now = clock.GetTimestamp();
        var old = kept.FindIndex(a => clock.GetElapsedTime(a.At, now) < length);
        if (old < 0)
            old = kept.Count;
        else if (old < kept.Count / 2)
            (old, isExact) = (kept.Count / 2, false);

        kept.RemoveRange(0, old);
        dropped += old;
    }

    private readonly record struct Arrival(long At, bool IsRefused = false);
}
