using GrafeasBridge.Lab.Host;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios.Mutants;

/// <summary>Killed while creates are answered.</summary>
internal sealed class AckBeforeCommitCase : MutantCase
{
    private const int Kills = 2;

    public override Mutant Mutant => Mutant.AckBeforeCommit;

    public override string Finding => "early";

    protected override async Task DoAsync(Scene scene)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = scene.Fleet.Told;
            scene.Fleet.Add(200);
            await scene.UntilAsync(() => scene.Fleet.Told > before + 20);
            await scene.KillAndStartAsync();
        }
    }
}

/// <summary>More builds of a version come while it is being delivered, slowly.</summary>
internal sealed class SettleWrongRevisionCase : MutantCase
{
    public override Mutant Mutant => Mutant.SettleWrongRevision;

    public override string Finding => "lost";

    protected override async Task DoAsync(Scene scene)
    {
        var slow = new { seed = 1, rules = new[] { new { kind = "delay", milliseconds = 300, match = new { attributesOnly = true } } } };
        await scene.Rig.FaultsAsync(slow, scene.Run.Stop);
        for (var wave = 0; wave < 5; wave++)
        {
            scene.Fleet.Add(10);
            await scene.PauseAsync(150);
        }
    }

    protected override int Versions => 6;
}

/// <summary>A target that says success and does nothing, now and then.</summary>
internal sealed class IgnoreReadBackCase : MutantCase
{
    public override Mutant Mutant => Mutant.IgnoreReadBack;

    public override string Finding => "lost";

    protected override async Task DoAsync(Scene scene)
    {
        var lies = new { seed = scene.Run.Seed, rules = new[] { new { kind = "lostWrite", rate = 0.4, match = new { attributesOnly = true } } } };
        await scene.Rig.FaultsAsync(lies, scene.Run.Stop);
        scene.Fleet.Add(120);
        await scene.UntilAsync(() => scene.Fleet.Ledger.Names >= 120);
    }
}

/// <summary>A worker is held before it writes, until the clock has jumped over its lease and another one has delivered what is newer.</summary>
internal sealed class DropLeaseCheckCase : MutantCase
{
    public override Mutant Mutant => Mutant.DropLeaseCheck;

    public override string Finding => "lost";

    protected override int Versions => 2;

    protected override IReadOnlyList<string> Settings(string folder) =>
    [
        "--Delivery:TotalTimeout=00:00:50",
        "--Delivery:Lease=00:01:00",
        $"--Lab:HoldAt={CrashPoints.Before("target.set")}",
        $"--Lab:HoldUntilFile={Path.Combine(folder, "go")}",
        $"--Lab:ClockFile={Path.Combine(folder, "clock")}",
        $"--Lab:PassFile={Path.Combine(folder, "passes")}",
    ];

    protected override async Task DoAsync(Scene scene)
    {
        scene.Fleet.Add(10);
        await scene.UntilAsync(() => scene.Fleet.Ledger.Names >= 10 && scene.Passed(CrashPoints.Before("target.set")) > 0);
        await File.WriteAllTextAsync(scene.File("clock"), "00:02:00", scene.Run.Stop);
        scene.Rig.Journal.Mark("the clock jumps two minutes ahead");
        scene.Fleet.Add(10);
        await scene.UntilAsync(() => scene.Fleet.Ledger.Names >= 20);
        await new Observer(scene.Rig, scene.Fleet.Ledger).SettledAsync(TimeSpan.FromMinutes(1), scene.Run.Stop);
        var settled = scene.Passed(CrashPoints.After("settle"));
        await File.WriteAllTextAsync(scene.File("go"), "", scene.Run.Stop);
        await scene.UntilAsync(() => scene.Passed(CrashPoints.After("settle")) > settled);
    }
}

/// <summary>Senders that send again though they were answered.</summary>
internal sealed class DropRequestIdsCase : MutantCase
{
    public override Mutant Mutant => Mutant.DropRequestIds;

    public override string Finding => "duplicated";

    protected override FleetOptions Senders => new() { ClientRetries = 0.3, JobReruns = 0.3 };

    protected override async Task DoAsync(Scene scene)
    {
        scene.Fleet.Add(100);
        await scene.UntilAsync(() => scene.Fleet.Ledger.Names >= 100);
    }
}

/// <summary>Killed between writing and settling; what comes next wants less than was written.</summary>
internal sealed class ForgetIntentCase : MutantCase
{
    private const int Builds = 32;

    public override Mutant Mutant => Mutant.ForgetIntent;

    public override string Finding => "wrong";

    protected override int PerVersion => 1;

    protected override int Versions => 8;

    protected override IReadOnlyList<string> Settings(string folder) => [$"--Lab:PassFile={Path.Combine(folder, "passes")}"];

    protected override async Task DoAsync(Scene scene)
    {
        // Reading back waits at the target, so that many versions are written and none is settled.
        await scene.Rig.FaultsAsync(new { seed = 1, rules = new[] { new { kind = "delay", milliseconds = 250, match = new { methods = new[] { "GET" } } } } }, scene.Run.Stop);
        scene.Fleet.Add(Builds / 2);
        await scene.UntilAsync(() => scene.Passed(CrashPoints.After("target.set")) >= 6);
        await scene.KillAndStartAsync();
        await scene.Rig.FaultsAsync(null, scene.Run.Stop);
        scene.Fleet.Add(Builds / 2);
        await scene.UntilAsync(() => scene.Fleet.Ledger.Names >= Builds);
    }
}
