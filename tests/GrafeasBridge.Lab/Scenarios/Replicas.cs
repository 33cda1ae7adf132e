using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>Three bridges on one database: one dies, one falls asleep with versions in its hands, and their clocks stand apart.</summary>
internal sealed class Replicas : Scenario
{
    /// <summary>Few builds for each version, and few versions: the replicas get into each other's way.</summary>
    private const int PerVersion = 20;

    /// <summary>Longer than the lease of <see cref="RigOptions.Impatient"/>: whoever sleeps so long has lost what it held.</summary>
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(4);

    private static readonly string[] Clocks = ["-00:20:00", "00:00:00", "00:35:00"];

    public override string Name => "replicas";

    public override string About => "Three bridges on one PostgreSQL, their clocks minutes apart: one is killed again and again, one is stopped for longer than its leases and goes on.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var rounds = run.Rounds(4, 150);
        var clocks = Directory.CreateTempSubdirectory("bridge-lab-clocks-").FullName;
        for (var i = 0; i < Clocks.Length; i++)
            await File.WriteAllTextAsync(Path.Combine(clocks, $"{i}"), Clocks[i], run.Stop);
        var options = new RigOptions
        {
            Postgres = true,
            Replicas = Clocks.Length,
            LabHost = true,
            Skew = TimeSpan.FromHours(1),
            Bridge = RigOptions.Impatient,
            Each = replica => [$"--Lab:ClockFile={Path.Combine(clocks, $"{replica}")}"],
        };
        await using (var rig = await Rig.StartAsync(options, run.Stop))
        {
            var fleet = run.Fleet(rig, perVersion: PerVersion);
            var sending = fleet.RunAsync(run.Stop);
            var sleeping = SleepAgainAndAgainAsync(run, rig, rounds);
            await KillAgainAndAgainAsync(run, rig, fleet, rounds);
            await sleeping;
            fleet.Close();
            await sending;
            await run.JudgeAsync(rig, fleet);
        }

        Directory.Delete(clocks, recursive: true);
    }

    private static async Task KillAgainAndAgainAsync(ScenarioRun run, Rig rig, Fleet fleet, int rounds)
    {
        var dice = new Random(run.Seed);
        var bridge = rig.Bridges[0];
        for (var round = 0; round < rounds; round++)
        {
            fleet.Add(60);
            await run.PauseAsync(100 + (dice.NextDouble() * 900));
            await bridge.KillAsync();
            rig.Journal.Mark("killed");
            run.Count("kills of a replica");
            await bridge.StartAsync(run.Stop);
        }
    }

    private static async Task SleepAgainAndAgainAsync(ScenarioRun run, Rig rig, int rounds)
    {
        var dice = new Random(run.Seed + 1);
        var bridge = rig.Bridges[1];
        for (var sleep = 0; sleep < Math.Max(1, rounds / 3); sleep++)
        {
            await run.PauseAsync(200 + (dice.NextDouble() * 1500));
            rig.Journal.Mark("a replica falls asleep");
            bridge.Signal(Signals.Stop);
            await run.PauseAsync(Sleep.TotalMilliseconds);
            bridge.Signal(Signals.Continue);
            rig.Journal.Mark("it wakes up");
            run.Count("sleeps of a replica beyond its leases");
        }
    }
}
