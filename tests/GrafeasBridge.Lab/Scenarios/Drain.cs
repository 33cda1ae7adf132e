using System.Globalization;
using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>After an outage everything is to be delivered at once, to a target that has a limit and does not tell it.</summary>
internal sealed class Drain : Scenario
{
    private const int WindowSeconds = 5;

    public override string Name => "drain";

    public override string About => "Many versions wait after an outage; the target has a limit that it does not tell: it is found and kept, newest come first, the time to drain is told right.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var versions = run.Rounds(600, 100_000);
        var limit = run.Size(300, 4_000);
        var told = Path.Combine(Directory.CreateTempSubdirectory("bridge-lab-drain-").FullName, "told");
        await using var rig = await Rig.StartAsync(
            new RigOptions
            {
                LabHost = true,
                Bridge = ["--Delivery:FirstRetry=00:00:00.500", "--Delivery:MaxRetryDelay=00:00:05", "--Delivery:ThrottlePause=00:00:01", "--Delivery:BacklogInterval=00:00:01", $"--Lab:DrainFile={told}"],
            },
            run.Stop);
        await rig.Emulator.KillAsync();
        rig.Journal.Mark("target gone");
        var fleet = run.Fleet(rig, new FleetOptions { Senders = 32, ClientRetries = 0, JobReruns = 0 }, perVersion: 1);
        fleet.Add(versions);
        fleet.Close();
        await fleet.RunAsync(run.Stop);
        var began = await BackAsync(run, rig, limit);
        await DrainedAsync(run, rig, fleet, limit, began);
        var ended = TimeProvider.System.GetUtcNow();
        run.Figure("drained", $"{fleet.Ledger.Versions} versions in {(ended - began).TotalSeconds:F0} s, {fleet.Ledger.Versions / (ended - began).TotalSeconds:F0} versions/s");
        await OrderAsync(run, rig, fleet);
        await ToldAsync(run, told, began, ended);
        await run.JudgeAsync(rig, fleet);
        Directory.Delete(Path.GetDirectoryName(told)!, recursive: true);
    }

    private static async Task<DateTimeOffset> BackAsync(ScenarioRun run, Rig rig, int limit)
    {
        await rig.Emulator.StartAsync(run.Stop);
        var hidden = new { seed = 1, rules = new[] { new { kind = "throttle", limit, windowSeconds = WindowSeconds, sliding = true, status = 429, noRetryAfter = true } } };
        await rig.FaultsAsync(hidden, run.Stop);
        rig.Journal.Mark("target is back");
        return TimeProvider.System.GetUtcNow();
    }

    /// <summary>The limit is found in the first part; what is refused afterwards is more than was allowed.</summary>
    private static async Task DrainedAsync(ScenarioRun run, Rig rig, Fleet fleet, int limit, DateTimeOffset began)
    {
        var observer = new Observer(rig, fleet.Ledger);
        (long calls, long refused)? found = null;
        while (await observer.UnsettledAsync(run.Stop) > 0)
        {
            await run.PauseAsync(300);
            var seconds = (TimeProvider.System.GetUtcNow() - began).TotalSeconds;
            if (found is not null || seconds < run.Size(15, 60))
                continue;
            found = await CallsAsync(run, rig);
            run.Figure("while the limit was being found", $"{found.Value.refused} of {found.Value.calls} calls refused, in {seconds:F0} s");
        }

        (var all, var over) = await CallsAsync(run, rig);
        (var calls, var refused) = (all - (found?.calls ?? 0), over - (found?.refused ?? 0));
        run.Figure("hidden limit", $"{limit} calls in any {WindowSeconds} s");
        run.Figure("afterwards", $"{refused} of {calls} calls were over the limit ({(calls == 0 ? 0 : 100.0 * refused / calls):F2} %)");
        run.Require(refused <= calls / 100, $"After the limit was found {refused} of {calls} calls were over it.");
    }

    private static async Task<(long Calls, long Refused)> CallsAsync(ScenarioRun run, Rig rig)
    {
        using var page = await rig.EmulatorPageAsync("_emulator/calls", run.Stop);
        var byStatus = page.RootElement.GetProperty("byStatus");
        return (page.RootElement.GetProperty("calls").GetInt64(), byStatus.TryGetProperty("429", out var refused) ? refused.GetInt64() : 0);
    }

    /// <summary>Of what was delivered in the first half, how much belongs to the newer half.</summary>
    private static async Task OrderAsync(ScenarioRun run, Rig rig, Fleet fleet)
    {
        var order = new List<int>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach ((var _, var version, var _, var has) in TargetHistory.ReadAsync(rig, run.Stop))
        {
            if (has && seen.Add(version))
                order.Add(int.Parse(version.AsSpan(version.LastIndexOf('.') + 1), NumberStyles.None, CultureInfo.InvariantCulture));
        }

        var middle = order.Order().ElementAt(order.Count / 2);
        var newer = (double)order.Take(order.Count / 2).Count(number => number >= middle) / (order.Count / 2);
        run.Figure("newest first", $"{newer:P0} of the first half that was delivered belongs to the newer half of {fleet.Ledger.Versions} versions");
        run.Require(newer > 0.75, $"Only {newer:P0} of what was delivered first was newer.");
    }

    /// <summary>What was told in the middle three fifths, against what it was in the end.</summary>
    private static async Task ToldAsync(ScenarioRun run, string file, DateTimeOffset began, DateTimeOffset ended)
    {
        var all = ended - began;
        double[] errors =
        [
            .. (await File.ReadAllLinesAsync(file, run.Stop)).Select(line => line.Split(' '))
                .Select(parts => (At: DateTimeOffset.Parse(parts[0], CultureInfo.InvariantCulture), Told: double.Parse(parts[1], CultureInfo.InvariantCulture)))
                .Where(one => one.At > began + (all * 0.2) && one.At < began + (all * 0.8))
                .Select(one => Math.Abs(one.Told - (ended - one.At).TotalSeconds) / (ended - one.At).TotalSeconds)
                .Order(),
        ];
        run.Require(errors.Length > 0, $"No time to drain was told.");
        if (errors.Length == 0)
            return;
        var median = errors[errors.Length / 2];
        var within = (double)errors.Count(error => error <= 0.2) / errors.Length;
        run.Figure("time to drain", $"{errors.Length} times told in the middle of the run: off by {median:P0} in the median, {errors[^1]:P0} at most; {within:P0} within 20 %");
        run.Require(median <= 0.2, $"The time to drain was off by {median:P0} in the median.");
    }
}
