using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;
using GrafeasBridge.Store.Sqlite;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>The database's disk is read-only when the service starts, and its file is locked by another program while it works.</summary>
internal sealed class FileOutOfReach : Scenario
{
    public override string Name => "read-only-locked";

    public override string About => "The disk is read-only at the start, which is refused; later another program locks the database while builds come.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var rounds = run.Rounds(1, 10);
        await using var disk = await SmallDisk.MountAsync(run.Size(64, 256));
        await using var rig = await Rig.StartAsync(new RigOptions { StoreFolder = disk.Folder, Bridge = RigOptions.Impatient }, run.Stop);
        var fleet = run.Fleet(rig, new FleetOptions { LongestHint = TimeSpan.FromMilliseconds(500) });
        var sending = fleet.RunAsync(run.Stop);
        for (var round = 0; round < rounds; round++)
        {
            fleet.Add(200);
            await run.PauseAsync(300);
            await ReadOnlyAsync(run, rig, disk);
            fleet.Add(200);
            await LockedAsync(run, rig, fleet);
        }

        fleet.Close();
        await sending;
        await run.JudgeAsync(rig, fleet);
    }

    private static async Task ReadOnlyAsync(ScenarioRun run, Rig rig, SmallDisk disk)
    {
        await rig.Bridge.KillAsync();
        rig.Journal.Mark("killed");
        run.Count("kills of the service");
        await disk.ReadOnlyAsync(true);
        rig.Bridge.Launch();
        var started = await rig.Bridge.ReadyAsync(run.Stop);
        run.Require(!started && rig.Bridge.ExitCode == 1, $"On a read-only disk the service was to end with 1.");
        run.Require(
            rig.Bridge.LastLines.Any(line => line.Contains("cannot start", StringComparison.Ordinal) && line.Contains("read-only", StringComparison.OrdinalIgnoreCase)),
            $"The service did not say that its disk is read-only: {string.Join('\n', rig.Bridge.LastLines.TakeLast(3))}");
        if (started)
            await rig.Bridge.KillAsync();
        run.Count("starts on a read-only disk, refused", started ? 0 : 1);
        await disk.ReadOnlyAsync(false);
        await rig.Bridge.StartAsync(run.Stop);
    }

    private static async Task LockedAsync(ScenarioRun run, Rig rig, Fleet fleet)
    {
        using (var stranger = SqliteDatabase.Open(rig.Database, readOnly: false, TimeSpan.FromSeconds(5)))
        {
            stranger.Execute("begin immediate");
            rig.Journal.Mark("database locked");
            var refused = fleet.Refusals.Values.Sum(one => one.Count);
            fleet.Add(50);
            await run.UntilAsync(() => fleet.Refusals.Values.Sum(one => one.Count) > refused, TimeSpan.FromMinutes(1), "a build is refused while the file is locked");
            await run.PauseAsync(run.Size(200, 3000));
            stranger.Execute("rollback");
        }

        rig.Journal.Mark("database free");
        run.Count("locks of the database");
    }
}
