using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>A target that keeps what it is told, shows it, and loses it later.</summary>
internal sealed class Drift : Scenario
{
    public override string Name => "drift";

    public override string About => "The target loses writes and whole versions after they were read back; the check in the background finds and repairs them.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var builds = run.Rounds(200, 5_000);
        await using var rig = await Rig.StartAsync(
            new RigOptions
            {
                Bridge = [.. RigOptions.Impatient, "--Drift:FirstCheck=00:00:10", "--Drift:Interval=00:00:10", "--Drift:CallsPerMinute=6000", "--Drift:OnDrift=Repair", "--Drift:OnDeleted=Recreate"],
            },
            run.Stop);
        var fleet = run.Fleet(rig);
        var sending = fleet.RunAsync(run.Stop);
        object[] rules =
        [
            new { kind = "lateLoss", rate = 0.3, afterMilliseconds = 1000, match = new { attributesOnly = true } },
            new { kind = "deleteVersion", rate = 0.05, afterMilliseconds = 1000, match = new { attributesOnly = true } },
        ];
        await rig.FaultsAsync(new { seed = run.Seed, rules }, run.Stop);
        fleet.Add(builds);
        fleet.Close();
        await sending;
        await new Observer(rig, fleet.Ledger).SettledAsync(TimeSpan.FromMinutes(5), run.Stop);
        await run.PauseAsync(2000);
        var losses = await LossesAsync(run, rig);
        run.Count("writes and versions lost later", losses);
        run.Require(losses > 0, $"Nothing was lost.");
        await rig.FaultsAsync(null, run.Stop);
        // Twice the interval: each version was looked at once after the last loss.
        await run.PauseAsync(run.Size(25_000, 60_000));
        await run.JudgeAsync(rig, fleet);
    }

    private static async Task<long> LossesAsync(ScenarioRun run, Rig rig)
    {
        using var page = await rig.EmulatorPageAsync("_emulator/faults", run.Stop);
        return page.RootElement.GetProperty("rules").EnumerateArray().Sum(rule => rule.GetProperty("fired").GetInt64());
    }
}
