namespace GrafeasBridge.Lab.Scenarios;

/// <summary>One way to make the bridge's life hard, ended by the checker's verdict.</summary>
internal abstract class Scenario
{
    public abstract string Name { get; }

    /// <summary>What is done, in a sentence.</summary>
    public abstract string About { get; }

    /// <summary>What the service does not have yet and the scenario needs; null when it can be run.</summary>
    public virtual string? WaitsFor => null;

    public abstract Task RunAsync(ScenarioRun run);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new CrashRandom(),
        new CrashPointsScenario(),
        new Mutants.MutantsScenario(),
        new Retries(),
        new FaultyTarget(),
        new ClockJumps(),
        new NetworkCut(),
        new Outage(),
        new DiskFull(),
        new FileOutOfReach(),
        new DamagedPage(),
        new DeadVersion(),
        new Overload(),
        new Drain(),
        new Drift(),
        new Replicas(),
        new DatabaseKilled(),
    ];
}
