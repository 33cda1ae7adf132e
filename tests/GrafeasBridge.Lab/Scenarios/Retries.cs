using System.Diagnostics;
using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>Clients that try again though they were answered, and CI jobs that are run a second time.</summary>
internal sealed class Retries : Scenario
{
    /// <summary>Of each hundred calls, about eighty are a build's first.</summary>
    private const double Share = 0.125;

    public override string Name => "retries";

    public override string About => "Many sends, a fifth of them needless: client retries and whole jobs run again. Each occurrence is there once.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var sends = run.Rounds(2_000, 100_000);
        await using var rig = await Rig.StartAsync(new RigOptions { Bridge = RigOptions.Impatient }, run.Stop);
        var fleet = run.Fleet(rig, new FleetOptions { Senders = 32, ClientRetries = Share, JobReruns = Share }, perVersion: 16);
        fleet.Add(sends * 8 / 10);
        fleet.Close();
        var began = Stopwatch.GetTimestamp();
        await fleet.RunAsync(run.Stop);
        var took = Stopwatch.GetElapsedTime(began);
        run.Figure("sending took", $"{took.TotalSeconds:F1} s, {fleet.Tries / took.TotalSeconds:F0} calls/s with a receipt each");
        run.Figure("needless calls", $"{fleet.Told - fleet.Queued} of {fleet.Told} answered ({100.0 * (fleet.Told - fleet.Queued) / fleet.Told:F1} %)");
        await run.JudgeAsync(rig, fleet);
        run.Require(fleet.Ledger.Names == fleet.Queued, $"{fleet.Queued} builds were sent, and {fleet.Ledger.Names} names were told.");
    }
}
