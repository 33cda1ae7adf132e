using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>One version whose calls hang for ever, among many that do not.</summary>
internal sealed class DeadVersion : Scenario
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    public override string Name => "dead-version";

    public override string About => "One version whose calls hang delays none of the others by more than one poll interval, compared with the same run without it.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var versions = run.Rounds(100, 1_000);
        var without = await DelaysAsync(run, versions, dead: false);
        var with = await DelaysAsync(run, versions, dead: true);
        Tell(run, "delay without the dead version", without);
        Tell(run, "delay with it", with);
        var added = with[^1] - without[^1];
        run.Figure("added to the slowest", $"{added:F3} s");
        run.Require(added <= Poll.TotalSeconds, $"The slowest version came {added:F3} s later, which is more than {Poll.TotalSeconds} s.");
        run.Require(
            Enumerable.Range(0, Math.Min(with.Length, without.Length)).All(i => with[i] - without[i] <= Poll.TotalSeconds),
            $"Some versions came more than {Poll.TotalSeconds} s later.");
    }

    private static void Tell(ScenarioRun run, string name, double[] delays) => run.Figure(
        name, $"{delays[delays.Length / 2]:F3} s median, {delays[delays.Length * 99 / 100]:F3} s p99, {delays[^1]:F3} s most, of {delays.Length} versions");

    /// <returns>Seconds from the answer to the last build of a version until the target carried it, sorted.</returns>
    private static async Task<double[]> DelaysAsync(ScenarioRun run, int versions, bool dead)
    {
        await using var rig = await Rig.StartAsync(
            new RigOptions { Bridge = ["--Delivery:FirstRetry=00:00:00.500", "--Delivery:MaxRetryDelay=00:00:05"] }, run.Stop);
        // The first build is sent alone, so that the packages are there and all is warm.
        var fleet = run.Fleet(rig, new FleetOptions { Senders = 4, ClientRetries = 0, JobReruns = 0, PerJob = 1 }, perVersion: 1);
        var sending = fleet.RunAsync(run.Stop);
        fleet.Add(30);
        await run.UntilAsync(() => fleet.Ledger.Names >= 30, TimeSpan.FromMinutes(1), "the first builds are answered");
        var observer = new Observer(rig, fleet.Ledger);
        await observer.SettledAsync(TimeSpan.FromMinutes(1), run.Stop);
        var early = fleet.Ledger.All.ToHashSet();
        if (dead)
        {
            var hangs = new { seed = 1, rules = new[] { new { kind = "stall", milliseconds = 600_000, match = new { pathPattern = "/versions/1\\.0\\.30(/|$)" } } } };
            await rig.FaultsAsync(hangs, run.Stop);
        }

        for (var sent = 0; sent < versions; sent += 2)
        {
            fleet.Add(2);
            await run.PauseAsync(50);
        }

        fleet.Close();
        await sending;
        await OthersSettledAsync(run, rig, fleet);
        if (dead)
            await rig.FaultsAsync(null, run.Stop);
        var delays = await MeasureAsync(run, rig, fleet, early);
        await run.JudgeAsync(rig, fleet, TimeSpan.FromMinutes(3));
        return delays;
    }

    private static async Task OthersSettledAsync(ScenarioRun run, Rig rig, Fleet fleet)
    {
        var observer = new Observer(rig, fleet.Ledger);
        for (var look = 0; await observer.UnsettledAsync(run.Stop) > 1; look++)
        {
            if (look > 600)
                throw new TimeoutException("The other versions were not delivered within a minute.");
            await run.PauseAsync(100);
        }
    }

    private static async Task<double[]> MeasureAsync(ScenarioRun run, Rig rig, Fleet fleet, HashSet<(string Package, string Version)> early)
    {
        var arrived = new Dictionary<(string Package, string Version), DateTimeOffset>();
        await foreach ((var package, var version, var at, var has) in TargetHistory.ReadAsync(rig, run.Stop))
        {
            if (has)
                arrived[(package, version)] = at;
        }

        return
        [
            .. fleet.Ledger.All
                .Where(one => !early.Contains(one) && one.Version != "1.0.30" && arrived.ContainsKey(one))
                .Select(one => Math.Max(0, (arrived[one] - fleet.Ledger.LastTold(one.Package, one.Version)).TotalSeconds))
                .Order(),
        ];
    }
}
