using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>A target that fails in every way that targets were seen to fail in, one way after the other and then all at once.</summary>
internal sealed class FaultyTarget : Scenario
{
    public override string Name => "faulty-target";

    public override string About =>
        "The target lies, throttles (403; 429 with seconds, with a date, without a word), truncates, reorders, resets, stalls, answers HTML and stale reads, cuts its replies.";

    private static IReadOnlyList<(string Name, object[] Rules)> Phases(int limit) =>
    [
        ("lost writes", [new { kind = "lostWrite", rate = 0.4 }]),
        ("truncated values", [new { kind = "truncate", rate = 0.4, length = 6 }]),
        ("values in another order", [new { kind = "reorder", rate = 0.7 }]),
        ("resets", [new { kind = "reset", rate = 0.3, applied = true }, new { kind = "reset", rate = 0.2 }]),
        ("replies cut", [new { kind = "cut", rate = 0.4 }]),
        ("stalls", [new { kind = "stall", rate = 0.2, milliseconds = 1500, applied = true }]),
        ("HTML", [new { kind = "html", rate = 0.3, applied = true }, new { kind = "html", rate = 0.2, status = 403 }]),
        ("stale reads", [new { kind = "staleRead", rate = 0.3, match = new { attributesOnly = true } }]),
        ("server errors after the write", [new { kind = "status", rate = 0.4, status = 500, applied = true }]),
        ("slowness", [new { kind = "delay", rate = 0.5, milliseconds = 400 }]),
        ("all of it", [new { kind = "mixed", rate = 0.3, milliseconds = 100, stallMilliseconds = 1000 }]),
        // Last, and each below the one before: what a bridge has learned to stay under it meets no more.
        ("403 over the limit", [new { kind = "throttle", limit = 4 * limit, windowSeconds = 1 }]),
        ("429 with seconds", [new { kind = "throttle", limit = 3 * limit, windowSeconds = 1, status = 429 }]),
        ("429 with a date", [new { kind = "throttle", limit = 2 * limit, windowSeconds = 1, status = 429, retryAfterAsDate = true }]),
        ("429 without a word", [new { kind = "throttle", limit, windowSeconds = 1, status = 429, noRetryAfter = true }]),
    ];

    public override async Task RunAsync(ScenarioRun run)
    {
        var builds = run.Rounds(40, 1_000);
        await using var rig = await Rig.StartAsync(new RigOptions { Bridge = [.. RigOptions.Impatient, "--Targets:0:AttemptTimeout=00:00:01", "--Targets:0:CallTimeout=00:00:02", "--Delivery:PauseAfterUnauthorized=00:00:01"] }, run.Stop);
        var fleet = run.Fleet(rig);
        var sending = fleet.RunAsync(run.Stop);
        var observer = new Observer(rig, fleet.Ledger);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(run.Stop);
        var watch = observer.WatchAsync(run.Seed, watching.Token);
        foreach ((var name, var rules) in Phases(run.Size(4, 15)))
        {
            await rig.FaultsAsync(new { seed = run.Seed, rules }, run.Stop);
            var before = fleet.Ledger.Names;
            fleet.Add(builds);
            await run.UntilAsync(() => fleet.Ledger.Names >= before + builds, TimeSpan.FromMinutes(2), $"the builds of '{name}' are answered");
            await FiredAsync(run, rig, name);
        }

        await rig.FaultsAsync(null, run.Stop);
        fleet.Close();
        await sending;
        await run.JudgeAsync(rig, fleet, TimeSpan.FromMinutes(20));
        await watching.CancelAsync();
        await watch;
    }

    /// <summary>A fault that nobody met says nothing.</summary>
    private static async Task FiredAsync(ScenarioRun run, Rig rig, string name)
    {
        for (var look = 0; ; look++)
        {
            using var page = await rig.EmulatorPageAsync("_emulator/faults", run.Stop);
            var fired = page.RootElement.GetProperty("rules").EnumerateArray().Sum(rule => rule.GetProperty("fired").GetInt64());
            if (fired > 5 || look == 100)
            {
                run.Count("faults: " + name, fired);
                run.Require(fired > 0, $"The fault '{name}' never came.");
                return;
            }

            await run.PauseAsync(100);
        }
    }
}
