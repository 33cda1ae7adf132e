using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>kill -9 at random moments, again and again.</summary>
internal sealed class CrashRandom : Scenario
{
    /// <summary>Builds that each round adds: more than it gets done, so that the kill finds work.</summary>
    private const int PerRound = 40;

    private const double InStart = 0.15;
    private const double OfEmulator = 0.04;

    public override string Name => "crash-random";

    public override string About => "The service, or one of its replicas, is killed at random moments while senders send and versions are delivered; now and then the target is.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var rounds = run.Rounds(8, 1000);
        await using var rig = await Rig.StartAsync(run.Rig with { LabHost = run.Mutant != Host.Mutant.None }, run.Stop);
        var fleet = run.Fleet(rig);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(run.Stop);
        var sending = fleet.RunAsync(run.Stop);
        var watch = new Observer(rig, fleet.Ledger).WatchAsync(run.Seed, watching.Token);

        var dice = new Random(run.Seed);
        for (var round = 0; round < rounds; round++)
        {
            fleet.Add(PerRound);
            await RoundAsync(run, rig, fleet, dice);
            if (round % 100 == 99)
                run.Say($"round {round + 1}: {fleet.Told} answers, {fleet.Ledger.Versions} versions");
        }

        fleet.Close();
        await sending;
        await watching.CancelAsync();
        await watch;
        await run.JudgeAsync(rig, fleet);
    }

    /// <summary>The moment is drawn first, so that the same seed draws the same moments whatever the machine does.</summary>
    private static async Task RoundAsync(ScenarioRun run, Rig rig, Fleet fleet, Random dice)
    {
        var emulatorToo = dice.NextDouble() < OfEmulator;
        var inStart = dice.NextDouble() < InStart;
        var moment = dice.NextDouble();
        var bridge = rig.Bridges[dice.Next(rig.Bridges.Count)];
        if (emulatorToo)
        {
            await run.PauseAsync(moment * 200);
            rig.Journal.Mark("target killed");
            await rig.Emulator.KillAsync();
            run.Count("kills of the target");
            await rig.Emulator.StartAsync(run.Stop);
        }

        var before = await rig.TargetCallsAsync(run.Stop);
        await run.PauseAsync(20 + (moment * 400));
        var inFlight = fleet.InFlight;
        await KillAsync(run, rig, bridge);
        var delivering = await rig.TargetCallsAsync(run.Stop) > before;
        run.Count(inFlight > 0 && delivering ? "kills while sending and delivering" : inFlight > 0 ? "kills while sending" : delivering ? "kills while delivering" : "kills in a quiet moment");

        bridge.Launch();
        if (inStart)
        {
            await run.PauseAsync(moment * bridge.StartTook.TotalMilliseconds);
            await KillAsync(run, rig, bridge);
            run.Count("kills while starting");
            bridge.Launch();
        }

        if (!await bridge.ReadyAsync(run.Stop))
            throw new InvalidOperationException($"The bridge did not start again.\n{string.Join('\n', bridge.LastLines)}");
    }

    private static async Task KillAsync(ScenarioRun run, Rig rig, ChildProcess bridge)
    {
        await bridge.KillAsync();
        rig.Journal.Mark("killed");
        run.Count("kills of the service");
    }
}
