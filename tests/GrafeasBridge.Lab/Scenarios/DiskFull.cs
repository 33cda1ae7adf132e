using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;
using Grpc.Core;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>The disk fills up while senders send, gets larger, fills up again; in between the service is killed.</summary>
internal sealed class DiskFull : Scenario
{
    public override string Name => "disk-full";

    public override string About => "The disk of the database is full, again and again; senders are told to come back; the service is killed on the full disk.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var rounds = run.Rounds(2, 20);
        var size = 3;
        await using var disk = await SmallDisk.MountAsync(size);
        await using var rig = await Rig.StartAsync(
            new RigOptions { StoreFolder = disk.Folder, Bridge = [.. RigOptions.Impatient, "--Store:MaxWalBytes=1048576"] }, run.Stop);
        var fleet = run.Fleet(rig, new FleetOptions { LongestHint = TimeSpan.FromMilliseconds(500) });
        var sending = fleet.RunAsync(run.Stop);
        for (var round = 0; round < rounds; round++)
        {
            await FillAsync(run, rig, fleet);
            rig.Journal.Mark("disk full");
            if (round % 2 == 1)
                await KilledOnFullDiskAsync(run, rig, disk, size);
            size += 2;
            await disk.ResizeAsync(size);
            rig.Journal.Mark("disk larger");
            var told = fleet.Told;
            await run.UntilAsync(() => fleet.Told > told || fleet.InFlight == 0, TimeSpan.FromMinutes(1), "senders are answered again");
        }

        await disk.ResizeAsync(size + 200);
        fleet.Close();
        await sending;
        await run.JudgeAsync(rig, fleet);
        run.Require(
            fleet.Refusals.All(one => one.Key == nameof(StatusCode.Unavailable) && one.Value.Hinted == one.Value.Count),
            $"A refusal was no UNAVAILABLE with a hint when to come back: {string.Join(", ", fleet.Refusals)}");
    }

    private static async Task FillAsync(ScenarioRun run, Rig rig, Fleet fleet)
    {
        var refused = Refused(fleet);
        while (Refused(fleet) == refused)
        {
            if (fleet.Queued - fleet.Ledger.Names < 300)
                fleet.Add(100);
            await run.PauseAsync(20);
            if (rig.Bridge.HasExited)
                throw new InvalidOperationException($"The bridge ended on a full disk.\n{string.Join('\n', rig.Bridge.LastLines)}");
        }

        run.Count("times the disk was full");
    }

    /// <summary>On a full disk it may start or refuse to; it must not lose anything.</summary>
    private static async Task KilledOnFullDiskAsync(ScenarioRun run, Rig rig, SmallDisk disk, int size)
    {
        await rig.Bridge.KillAsync();
        rig.Journal.Mark("killed");
        run.Count("kills of the service");
        rig.Bridge.Launch();
        await run.PauseAsync(1500);
        run.Count(rig.Bridge.HasExited ? "starts refused on the full disk" : "starts on the full disk");
        await disk.ResizeAsync(size + 1);
        if (rig.Bridge.HasExited)
            rig.Bridge.Launch();
        if (!await rig.Bridge.ReadyAsync(run.Stop))
            await rig.Bridge.StartAsync(run.Stop);
    }

    private static long Refused(Fleet fleet) => fleet.Refusals.Values.Sum(one => one.Count);
}
