using GrafeasBridge.Lab.Host;
using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios.Mutants;

/// <summary>The circumstances in which one planted bug does harm, and a right service none.</summary>
internal abstract class MutantCase
{
    public abstract Mutant Mutant { get; }

    /// <summary>The checker's finding that is expected, among others.</summary>
    public abstract string Finding { get; }

    public static IReadOnlyList<MutantCase> All { get; } =
    [
        new AckBeforeCommitCase(),
        new SettleWrongRevisionCase(),
        new IgnoreReadBackCase(),
        new DropLeaseCheckCase(),
        new DropRequestIdsCase(),
        new ForgetIntentCase(),
    ];

    /// <summary>Settings of the bridge besides the impatient ones.</summary>
    protected virtual IReadOnlyList<string> Settings(string folder) => [];

    protected virtual FleetOptions Senders => new();

    protected abstract Task DoAsync(Scene scene);

    /// <returns>The checker's exit code and report.</returns>
    public async Task<(int Exit, System.Text.Json.Nodes.JsonNode? Verdict)> TryAsync(ScenarioRun run, bool planted)
    {
        var folder = Directory.CreateTempSubdirectory("bridge-lab-mutant-").FullName;
        try
        {
            var options = new RigOptions
            {
                LabHost = true,
                Bridge = [.. RigOptions.Impatient, $"--Lab:Mutant={(planted ? Mutant : Mutant.None)}", .. Settings(folder)],
            };
            await using var rig = await Rig.StartAsync(options, run.Stop);
            var fleet = new Fleet(rig.Channel, rig.Journal, new BuildPlan(run.Seed, PerVersion, Versions), Senders, run.Seed, rig.Bridge.UpAsync);
            var sending = fleet.RunAsync(run.Stop);
            var scene = new Scene(run, rig, fleet, folder, new Random(run.Seed));
            await DoAsync(scene);
            fleet.Close();
            await sending;
            var observer = new Observer(rig, fleet.Ledger);
            await observer.SettledAsync(TimeSpan.FromMinutes(1), run.Stop);
            await observer.PutDownAsync(run.Stop);
            return await Reporting.Judge.AskAsync(rig, run.Stop);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Builds that one version gets.</summary>
    protected virtual int PerVersion => 8;

    protected virtual int Versions => int.MaxValue;
}

/// <summary>What a case has in hand.</summary>
/// <param name="Folder">For files by which the service is told something while it runs.</param>
internal sealed record Scene(ScenarioRun Run, Rig Rig, Fleet Fleet, string Folder, Random Dice)
{
    public string File(string name) => Path.Combine(Folder, name);

    public Task PauseAsync(double milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, Run.Stop);

    public async Task UntilAsync(Func<bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Run.Stop);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (!holds())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
    }

    /// <summary>How often the service has come by a point.</summary>
    public int Passed(string point) => System.IO.File.Exists(File("passes")) ? System.IO.File.ReadLines(File("passes")).Count(line => line == point) : 0;

    public async Task KillAndStartAsync()
    {
        await Rig.Bridge.KillAsync();
        Rig.Journal.Mark("killed");
        await Rig.Bridge.StartAsync(Run.Stop);
        Rig.Journal.Mark("restarted");
    }
}
