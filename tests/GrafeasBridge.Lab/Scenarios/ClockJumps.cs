using System.Globalization;
using GrafeasBridge.Lab.Rigging;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>The service's clock is set forward and back while it works, and it is killed in between.</summary>
internal sealed class ClockJumps : Scenario
{
    public override string Name => "clock";

    public override string About => "The service's clock jumps by minutes and hours, forward and back, while senders send; now and then the service is killed.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var jumps = run.Rounds(6, 150);
        var file = Path.Combine(Directory.CreateTempSubdirectory("bridge-lab-clock-").FullName, "clock");
        await File.WriteAllTextAsync(file, "00:00:00", run.Stop);
        await using var rig = await Rig.StartAsync(
            new RigOptions { LabHost = true, Skew = TimeSpan.FromHours(13), Bridge = [.. RigOptions.Impatient, $"--Lab:ClockFile={file}"] }, run.Stop);
        var fleet = run.Fleet(rig);
        var sending = fleet.RunAsync(run.Stop);
        var dice = new Random(run.Seed);
        var highest = TimeSpan.Zero;
        for (var jump = 0; jump < jumps; jump++)
        {
            fleet.Add(30);
            // Hours or minutes, as often forward as back.
            double minutes = dice.Next(2) == 0 ? dice.Next(-60, 61) : dice.Next(-720, 721);
            highest = await SetAsync(run, rig, file, TimeSpan.FromMinutes(minutes), highest);
            await run.PauseAsync(50 + (dice.NextDouble() * 400));
            if (dice.Next(4) == 0)
            {
                await rig.Bridge.KillAsync();
                rig.Journal.Mark("killed");
                run.Count("kills of the service");
                await rig.Bridge.StartAsync(run.Stop);
            }
        }

        fleet.Close();
        await sending;
        // What was put off until an hour that lies ahead becomes due when the clock gets there.
        await SetAsync(run, rig, file, highest + TimeSpan.FromMinutes(10), highest);
        await run.JudgeAsync(rig, fleet);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static async Task<TimeSpan> SetAsync(ScenarioRun run, Rig rig, string file, TimeSpan offset, TimeSpan highest)
    {
        var text = offset.ToString("c", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(file + ".new", text, run.Stop);
        File.Move(file + ".new", file, overwrite: true);
        rig.Journal.Mark($"the clock is {text} off");
        run.Count("jumps of the clock");
        return offset > highest ? offset : highest;
    }
}
