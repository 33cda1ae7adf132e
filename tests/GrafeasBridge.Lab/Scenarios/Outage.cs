using GrafeasBridge.Lab.Rigging;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>The target's process is gone for a while, and comes back.</summary>
internal sealed class Outage : Scenario
{
    public override string Name => "outage";

    public override string About => "The target is gone, killed in the middle of its work; builds go on coming; the service is killed too; the target comes back.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var rounds = run.Rounds(1, 6);
        var builds = run.Size(200, 3_000);
        await using var rig = await Rig.StartAsync(new RigOptions { Bridge = RigOptions.Impatient }, run.Stop);
        var fleet = run.Fleet(rig);
        var sending = fleet.RunAsync(run.Stop);
        for (var round = 0; round < rounds; round++)
        {
            var before = fleet.Ledger.Names;
            fleet.Add(builds);
            await run.UntilAsync(() => fleet.Ledger.Names >= before + (builds / 4), TimeSpan.FromMinutes(1), "a quarter is answered");
            rig.Journal.Mark("target killed");
            await rig.Emulator.KillAsync();
            run.Count("outages of the target");
            await run.UntilAsync(() => fleet.Ledger.Names >= before + builds, TimeSpan.FromMinutes(2), "all is answered though the target is gone");
            await rig.Bridge.KillAsync();
            rig.Journal.Mark("killed");
            run.Count("kills of the service");
            await rig.Bridge.StartAsync(run.Stop);
            await run.PauseAsync(run.Size(500, 10_000));
            await rig.Emulator.StartAsync(run.Stop);
            rig.Journal.Mark("target is back");
        }

        fleet.Close();
        await sending;
        await run.JudgeAsync(rig, fleet);
    }
}
