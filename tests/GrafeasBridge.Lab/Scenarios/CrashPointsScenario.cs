using GrafeasBridge.Lab.Host;
using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>Dies once at every named point, on one store that lives on.</summary>
internal sealed class CrashPointsScenario : Scenario
{
    private const int PerPoint = 30;
    private const int MorePerTurn = 10;
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(60);

    public override string Name => "crash-points";

    public override string About => "The service dies once at every named point between two of its steps.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var dice = new Random(run.Seed);
        string[] points = [.. CrashPoints.All];
        dice.Shuffle(points);
        if (run.Rounds(points.Length, points.Length) is var few && few < points.Length)
            points = points[..few];
        points = [.. points.SelectMany(AfterWhatItNeeds)];

        await using var rig = await Rig.StartAsync(
            new RigOptions { LabHost = true, StartBridge = false, Bridge = [.. RigOptions.Impatient, "--Delivery:StopTimeout=00:00:00"] }, run.Stop);
        var fleet = run.Fleet(rig);
        Task? sending = null;
        foreach (var point in points.OrderBy(WhenItCanBe))
        {
            fleet.Add(PerPoint);
            await PointAsync(run, rig, fleet, point, Pass(point, dice), () => sending ??= fleet.RunAsync(run.Stop));
        }

        await rig.FaultsAsync(null, run.Stop);
        await rig.Bridge.StartAsync(run.Stop);
        await rig.MakeNoteAsync(run.Stop);
        sending ??= fleet.RunAsync(run.Stop);
        fleet.Close();
        await sending;
        await run.JudgeAsync(rig, fleet);
    }

    /// <summary>A key and a note are made once in a store's life: before they are made, then when they are, then all the rest as drawn.</summary>
    private static int WhenItCanBe(string point)
    {
        string[] once = ["add-signing-key.before", "add-signing-key.after", "add-notes.before", "add-notes.after"];
        var place = Array.IndexOf(once, point);
        return place < 0 ? once.Length : place;
    }

    /// <summary>A poison candidate is what was in flight when the service died: such points follow one at which something is.</summary>
    private static IEnumerable<string> AfterWhatItNeeds(string point) =>
        point.StartsWith("claim-poison-candidate", StringComparison.Ordinal) ? [CrashPoints.Before("target.set"), point] : [point];

    /// <summary>Points that every try passes are not always taken at the first one.</summary>
    private static int Pass(string point, Random dice)
    {
        var drawn = dice.Next(1, 6);
        var often = point.StartsWith("add-occurrences", StringComparison.Ordinal) || point.StartsWith("settle", StringComparison.Ordinal)
            || point.StartsWith("map", StringComparison.Ordinal) || point.StartsWith("target.read", StringComparison.Ordinal)
            || point.StartsWith("intent", StringComparison.Ordinal) || point.StartsWith("target.set", StringComparison.Ordinal);
        return often ? drawn : 1;
    }

    private static async Task PointAsync(ScenarioRun run, Rig rig, Fleet fleet, string point, int pass, Action send)
    {
        var passes = Path.Combine(rig.Folder, $"passes-{point}");
        var stops = point.StartsWith("stop", StringComparison.Ordinal) || point.StartsWith("release", StringComparison.Ordinal);
        // Something must be in hand when the service is told to stop.
        await rig.FaultsAsync(stops ? new { seed = run.Seed, rules = new[] { new { kind = "delay", milliseconds = 300 } } } : null, run.Stop);
        rig.Journal.Mark($"point {point}, passing {pass}");
        rig.Bridge.Launch($"--Lab:CrashAt={point}", $"--Lab:CrashPass={pass}", $"--Lab:PassFile={passes}", $"--Lab:Mutant={run.Mutant}");
        var ended = rig.Bridge.EndedAsync(LongestLife, run.Stop);
        if (await rig.Bridge.ReadyAsync(run.Stop))
        {
            var driving = DriveAsync(run, rig, fleet, point, stops ? passes : null, send);
            // Builds go on coming: what a point needs, such as something to remove, comes with one of them.
            while (await Task.WhenAny(ended, run.PauseAsync(500)) != ended)
                fleet.Add(MorePerTurn);
            await driving;
        }

        var died = await ended && File.Exists(passes) && (await File.ReadAllLinesAsync(passes, run.Stop)).Contains($"{point} dies");
        run.Require(died, $"Point {point} was not passed {pass} times within {LongestLife}.");
        if (!rig.Bridge.HasExited)
            await rig.Bridge.KillAsync();
        rig.Journal.Mark($"killed at {point}");
        run.Count("points visited");
    }

    /// <summary>Does what makes the service come by the point; the calls that it ends are no news.</summary>
    private static async Task DriveAsync(ScenarioRun run, Rig rig, Fleet fleet, string point, string? passesBeforeStop, Action send)
    {
        try
        {
            await rig.MakeNoteAsync(run.Stop);
            send();
            if (point.StartsWith("redeliver", StringComparison.Ordinal))
                await RedeliverAsync(run, rig, fleet);
            if (passesBeforeStop is null)
                return;
            while (!(await File.ReadAllTextAsync(passesBeforeStop, run.Stop)).Contains("target.", StringComparison.Ordinal))
                await run.PauseAsync(10);
            rig.Bridge.Signal(Signals.Terminate);
        }
        catch (RpcException gone) when (rig.Bridge.HasExited || gone.Status.DebugException is not null)
        {
            run.Count("calls of the driver cut by a crash");
        }
    }

    private static async Task RedeliverAsync(ScenarioRun run, Rig rig, Fleet fleet)
    {
        while (fleet.Ledger.Versions == 0)
            await run.PauseAsync(10);
        (var package, var version) = fleet.Ledger.All[0];
        await new Bridge.BridgeClient(rig.Channel).RedeliverAsync(
            new RedeliverRequest { Target = Rig.Target, Subject = "acme", Repo = "images", Package = package, Version = version },
            cancellationToken: run.Stop);
    }
}
