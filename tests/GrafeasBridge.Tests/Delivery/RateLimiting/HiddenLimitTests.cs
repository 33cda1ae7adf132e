using System.Globalization;

namespace GrafeasBridge.Tests.Delivery.RateLimiting;

/// <summary>Targets with limits that nobody told the bridge, over many windows of simulated time.</summary>
public sealed class HiddenLimitTests
{
    private const long Plenty = 1_000_000;

    // Calls, seconds of the window, sliding, names a time with its refusals, seconds into the window at the start.
    public static TheoryData<int, int, bool, bool, int> Limits => new()
    {
        { 300, 60, false, true, 0 },
        { 300, 60, false, true, 41 },
        { 300, 60, false, false, 0 },
        { 300, 60, false, false, 41 },
        { 300, 60, true, true, 0 },
        { 300, 60, true, false, 0 },
        { 5000, 3600, false, true, 1000 },
        { 5000, 3600, true, true, 0 },
        { 5000, 3600, false, false, 0 },
        { 300, 86_400, false, false, 0 },
        { 300, 86_400, false, true, 50_000 },
        { 300, 86_400, true, false, 0 },
        { 1000, 10, false, true, 0 },
        { 10, 60, false, true, 0 },
        { 10, 60, true, true, 0 },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void A_hidden_limit_is_found_kept_and_used(int calls, int seconds, bool sliding, bool names, int offset)
    {
        var window = TimeSpan.FromSeconds(seconds);
        var limit = new HiddenLimit(calls, window, sliding) { NamesTime = names, Offset = TimeSpan.FromSeconds(offset) };
        var run = new Simulation(limit) { Pending = Plenty };

        run.Run(until: 4 * window);
        var atDiscovery = run.Refused.Count;
        var before = run.Passed;
        run.Run(until: 104 * window);

        var used = (run.Passed - before) / (100.0 * calls);
        var probes = Episodes(run.Refused.Skip(atDiscovery), window);
        Say($"{calls} in {window}: {run.RateLimiter.Status().Limit}; refused {atDiscovery} at discovery, {run.Refused.Count - atDiscovery} later in {probes} probes; used {used:P1}");
        Assert.InRange(used, 0.8, 1);
        Assert.InRange(probes, 0, 8);
        Assert.InRange(run.Refused.Count - atDiscovery, 0, (int)(before / 10) + 40);
    }

    private static void Say(FormattableString text) =>
        TestContext.Current.TestOutputHelper?.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Refusals close together are one probe.</summary>
    private static int Episodes(IEnumerable<TimeSpan> refused, TimeSpan window)
    {
        var episodes = 0;
        var last = TimeSpan.MinValue / 2;
        foreach (var at in refused)
        {
            episodes += at - last > window ? 1 : 0;
            last = at;
        }

        return episodes;
    }
}
