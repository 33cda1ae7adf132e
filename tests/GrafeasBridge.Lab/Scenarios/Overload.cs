using System.Diagnostics;
using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;
using Grpc.Core;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>
/// Ten times as many builds as the service was just measured to take. It gets a share of the processor, so that the senders, who
/// sit on the same machine, can really offer that many.
/// </summary>
internal sealed class Overload : Scenario
{
    private const double Times = 10;
    private const double Share = 0.1;
    private const int MostInFlight = 20_000;

    public override string Name => "overload";

    public override string About => "Ten times the load that the service was measured to take just before: refused with a hint, memory flat, accepted is delivered.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var time = TimeSpan.FromSeconds(run.Rounds(15, 600));
        await using var rig = await Rig.StartAsync(new RigOptions { Bridge = [.. RigOptions.Impatient, "--Listen:MaxCalls=64"] }, run.Stop);
        var fleet = run.Fleet(rig, new FleetOptions { Senders = 48, ClientRetries = 0, JobReruns = 0, Deadline = TimeSpan.FromMinutes(1) });
        await using (new ProcessorShare(rig.Bridge, Share))
        {
            _ = await CapacityAsync(run, fleet, run.Size(4, 30)); // warms up
            var capacity = await CapacityAsync(run, fleet, run.Size(4, 15));
            run.Figure("capacity", $"{capacity:F0} builds/s with {Share:P0} of the time on the processor");
            await FloodAsync(run, rig, fleet, capacity * Times, time);
        }

        await run.JudgeAsync(rig, fleet);
        (var refused, var hinted) = fleet.Refusals.Values.Aggregate((0L, 0L), (sum, one) => (sum.Item1 + one.Count, sum.Item2 + one.Hinted));
        run.Require(refused > 0, $"Nothing was refused: that was no overload.");
        run.Require(refused == hinted, $"{refused - hinted} of {refused} refusals came without a hint.");
        run.Require(fleet.Refusals.Keys.All(status => status == nameof(StatusCode.ResourceExhausted)), $"Refused with {string.Join(", ", fleet.Refusals.Keys)}.");
        var unknown = rig.Journal.Counts.GetValueOrDefault("unknown");
        run.Require(unknown == 0, $"{unknown} calls got no answer at all.");
    }

    /// <summary>Answers in a second, with as many senders as the service lets in.</summary>
    private static async Task<double> CapacityAsync(ScenarioRun run, Fleet fleet, int seconds)
    {
        var before = fleet.Told;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 48).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(seconds))
                await fleet.SendOnceAsync(run.Stop);
        }));
        return (fleet.Told - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Builds come when they come, whether earlier ones are answered or not.</summary>
    private static async Task FloodAsync(ScenarioRun run, Rig rig, Fleet fleet, double perSecond, TimeSpan time)
    {
        var memory = new List<double>();
        var open = new List<Task>();
        var told = fleet.Told;
        long offered = 0;
        var began = Stopwatch.GetTimestamp();
        for (var at = TimeSpan.Zero; at < time; at = Stopwatch.GetElapsedTime(began))
        {
            while (offered < at.TotalSeconds * perSecond && fleet.InFlight < MostInFlight)
            {
                offered++;
                open.Add(fleet.SendOnceAsync(run.Stop));
            }

            if (memory.Count <= at.TotalSeconds)
            {
                memory.Add(rig.Bridge.ResidentMiB());
                open.RemoveAll(one => one.IsCompletedSuccessfully);
            }

            await run.PauseAsync(5);
        }

        var rate = offered / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await Task.WhenAll(open);
        run.Figure("offered", $"{rate:F0} builds/s for {time.TotalSeconds:F0} s, {rate / perSecond * Times:F1} times the capacity");
        run.Figure("accepted meanwhile", $"{(fleet.Told - told) / time.TotalSeconds:F0} builds/s");
        run.Require(rate > 0.9 * perSecond, $"Only {rate / perSecond * Times:F1} times the capacity could be offered.");
        Memory(run, memory);
    }

    /// <summary>What is held at the end is what was held after a quarter of the time, when all had been warmed up.</summary>
    private static void Memory(ScenarioRun run, List<double> memory)
    {
        var early = memory.Skip(memory.Count / 4).Take(Math.Max(1, memory.Count / 4)).Average();
        var late = memory.Skip(memory.Count * 3 / 4).Average();
        run.Figure("memory", $"{memory[0]:F0} MiB at the start, {early:F0} in the second quarter, {late:F0} in the last, {memory.Max():F0} at most");
        run.Require(late < (early * 1.15) + 20, $"Memory grew from {early:F0} to {late:F0} MiB.");
    }
}
