using GrafeasBridge.Lab.Rigging;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>The network between senders and service is cut in the middle of replies.</summary>
internal sealed class NetworkCut : Scenario
{
    public override string Name => "network-cut";

    public override string About => "Connections from senders break in the middle of a reply: done or not, nobody told them.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var builds = run.Rounds(400, 20_000);
        await using var rig = await Rig.StartAsync(new RigOptions { Bridge = RigOptions.Impatient }, run.Stop);
        await using var wire = new CuttingProxy(rig.GrpcPort, run.Seed, mostBytes: 6_000);
        using var channel = Rig.Connect(wire.Port);
        var fleet = run.Fleet(rig, channel: channel);
        fleet.Add(builds);
        fleet.Close();
        await fleet.RunAsync(run.Stop);
        run.Count("connections cut", wire.Cuts);
        run.Require(wire.Cuts > 0, $"No connection was cut.");
        await run.JudgeAsync(rig, fleet);
    }
}
