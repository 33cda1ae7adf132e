using System.Globalization;
using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;
using Grpc.Core;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>A page of the database file is torn, or one bit of it flips, while the service is stopped.</summary>
internal sealed class DamagedPage : Scenario
{
    private const int PageSize = 4096;

    public override string Name => "damaged-page";

    public override string About =>
        "A page of the database is torn or a bit flips while the service is stopped: it refuses, or what it says and delivers is right.";

    public override async Task RunAsync(ScenarioRun run)
    {
        var rounds = run.Rounds(4, 100);
        var dice = new Random(run.Seed);
        for (var round = 0; round < rounds; round++)
            await RoundAsync(run, dice.Next());
    }

    private static async Task RoundAsync(ScenarioRun run, int seed)
    {
        var dice = new Random(seed);
        await using var rig = await Rig.StartAsync(new RigOptions { Bridge = RigOptions.Impatient }, run.Stop);
        var fleet = new Fleet(rig.Channel, rig.Journal, new BuildPlan(seed), new FleetOptions(), seed, rig.Bridge.UpAsync);
        // Half is delivered, half is still to be delivered when the damage is done.
        fleet.Add(60);
        var sending = fleet.RunAsync(run.Stop);
        await run.UntilAsync(() => fleet.Ledger.Names >= 60, TimeSpan.FromMinutes(1), "the first builds are answered");
        await new Observer(rig, fleet.Ledger).SettledAsync(TimeSpan.FromMinutes(1), run.Stop);
        await rig.Emulator.KillAsync();
        fleet.Add(60);
        fleet.Close();
        await sending;
        // An ordinary stop brings everything from the log into the file.
        await rig.Bridge.TerminateAsync(run.Stop);
        await rig.Emulator.StartAsync(run.Stop);

        var damage = Damage(rig.Database, dice);
        rig.Journal.Mark($"seed={seed.ToString(CultureInfo.InvariantCulture)} {damage}");
        run.Count("damages");
        var ending = await EndingAsync(run, rig, fleet, damage);
        run.Count(ending);
        await CalledOffAsync(rig);
    }

    private static async Task CalledOffAsync(Rig rig)
    {
        if (!rig.Bridge.HasExited)
            await rig.Bridge.KillAsync();
    }

    /// <summary>One bit, or the second half of a page as it was before it was ever written.</summary>
    private static string Damage(string file, Random dice)
    {
        var content = File.ReadAllBytes(file);
        var page = dice.Next(content.Length / PageSize);
        if (dice.Next(3) == 0)
        {
            content.AsSpan((page * PageSize) + (PageSize / 2), PageSize / 2).Clear();
            File.WriteAllBytes(file, content);
            return string.Create(CultureInfo.InvariantCulture, $"page {page} torn");
        }

        var bit = dice.Next(PageSize * 8);
        content[(page * PageSize) + (bit / 8)] ^= (byte)(1 << (bit % 8));
        File.WriteAllBytes(file, content);
        return string.Create(CultureInfo.InvariantCulture, $"bit {bit} of page {page} flipped");
    }

    /// <returns>How it ended, in words that are counted.</returns>
    private static async Task<string> EndingAsync(ScenarioRun run, Rig rig, Fleet fleet, string damage)
    {
        rig.Bridge.Launch();
        if (!await rig.Bridge.ReadyAsync(run.Stop))
            return "refused at the start";
        var observer = new Observer(rig, fleet.Ledger) { TellsOfUnsettled = true };
        var refused = false;
        try
        {
            await observer.SettledAsync(TimeSpan.FromSeconds(10), run.Stop);
        }
        catch (Exception notNow) when (notNow is TimeoutException or RpcException)
        {
            refused = true; // what does not get there must be said not to be there
        }

        try
        {
            await observer.PutDownAsync(run.Stop);
        }
        catch (RpcException no) when (no.StatusCode is StatusCode.Internal or StatusCode.DataLoss or StatusCode.Unavailable)
        {
            return "refused when asked";
        }
        catch (RpcException denies)
        {
            run.Require(false, $"After '{damage}' the service went on, and denies what it has: {denies.Status.Detail}");
            return "DENIED WHAT IT HAS";
        }

        (var exit, var verdict) = await Reporting.Judge.AskAsync(rig, run.Stop);
        if (exit == 0)
            return refused ? "refused to deliver what is damaged, right otherwise" : "right answers";
        var words = Reporting.Judge.Words(verdict);
        run.Require(false, $"After '{damage}' the service went on, and the checker says {words}: {verdict!["findings"]![0]!.ToJsonString()}");
        return "WRONG ANSWERS";
    }
}
