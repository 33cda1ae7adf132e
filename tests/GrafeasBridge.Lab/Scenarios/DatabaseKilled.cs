using GrafeasBridge.Lab.Rigging;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>The database itself dies under several bridges, again and again.</summary>
internal sealed class DatabaseKilled : Scenario
{
    public override string Name => "database-killed";

    public override string About => "PostgreSQL is killed with all its processes while senders send and versions are delivered, and starts again; no bridge is restarted.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var rounds = run.Rounds(4, 100);
        await using var rig = await Rig.StartAsync(run.Rig with { Postgres = true, Replicas = Math.Max(2, run.Rig.Replicas) }, run.Stop);
        var fleet = run.Fleet(rig);
        var sending = fleet.RunAsync(run.Stop);
        var dice = new Random(run.Seed);
        for (var round = 0; round < rounds; round++)
        {
            fleet.Add(400); // more than it gets done, so that the kill finds work
            await run.PauseAsync(50 + (dice.NextDouble() * 800));
            run.Count(fleet.InFlight > 0 ? "kills of the database while sending" : "kills of the database in a quiet moment");
            await rig.Server!.KillAsync();
            rig.Journal.Mark("database killed");
            await run.PauseAsync(dice.NextDouble() * 500);
            await rig.Server.StartAgainAsync();
            rig.Journal.Mark("database back");
        }

        fleet.Close();
        await sending;
        await run.JudgeAsync(rig, fleet);
        run.Require(rig.Bridges.All(bridge => !bridge.HasExited), $"A bridge ended with its database.");
    }
}
