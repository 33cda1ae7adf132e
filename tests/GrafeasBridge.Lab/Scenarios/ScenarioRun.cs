using System.Globalization;
using System.Text.Json.Nodes;
using GrafeasBridge.Lab.Rigging;
using GrafeasBridge.Lab.Sending;

namespace GrafeasBridge.Lab.Scenarios;

/// <summary>One run of a scenario: its sizes, its seed, and what it has to tell.</summary>
internal sealed class ScenarioRun(LabArguments arguments, Action<string> say, CancellationToken stop)
{
    private readonly List<string> problems = [];
    private readonly SortedDictionary<string, long> done = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Value)> figures = [];

    public int Seed => arguments.Seed;

    public bool IsFull => arguments.IsFull;

    /// <summary>The rig that the command line asks for: how many bridges, on which database.</summary>
    public Rigging.RigOptions Rig => new() { Postgres = arguments.Replicas > 0, Replicas = Math.Max(1, arguments.Replicas), Bridge = Rigging.RigOptions.Impatient };

    public CancellationToken Stop => stop;

    /// <summary>A planted bug that the run has to find; none in an ordinary run.</summary>
    public Host.Mutant Mutant => arguments.Mutant;

    /// <summary>Why the run does not pass; empty when it does.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>What was done, counted.</summary>
    public IReadOnlyDictionary<string, long> Done => done;

    public IReadOnlyList<(string Name, string Value)> Figures => figures;

    public JsonNode? Verdict { get; private set; }

    /// <summary>The size of the short form, of the full one, or what was asked for.</summary>
    public int Rounds(int inShort, int inFull) => arguments.Rounds ?? Size(inShort, inFull);

    public int Size(int inShort, int inFull) => IsFull ? inFull : inShort;

    public void Count(string what, long count = 1)
    {
        lock (done)
            done[what] = done.GetValueOrDefault(what) + count;
    }

    public void Figure(string name, FormattableString value) => figures.Add((name, value.ToString(CultureInfo.InvariantCulture)));

    public void Say(FormattableString sentence) => say(sentence.ToString(CultureInfo.InvariantCulture));

    /// <summary>What must hold besides what the checker knows.</summary>
    public void Require(bool holds, FormattableString orElse)
    {
        if (!holds)
            problems.Add(orElse.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The senders of this run.</summary>
    public Fleet Fleet(Rig rig, FleetOptions? options = null, int perVersion = 8, Grpc.Net.Client.GrpcChannel? channel = null) =>
        new(channel ?? rig.Channel, rig.Journal, new BuildPlan(Seed, perVersion), options ?? new FleetOptions(), Seed, rig.UpAsync);

    public Task PauseAsync(double milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, stop);

    /// <summary>Waits until something holds; what should have come by then is a failure of the run.</summary>
    public async Task UntilAsync(Func<bool> holds, TimeSpan longest, string what)
    {
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(began) > longest)
                throw new TimeoutException($"Waited {longest} for this: {what}");
            await PauseAsync(5);
        }
    }

    /// <summary>Lets what is on its way arrive, puts down what the bridge says then, and asks the checker.</summary>
    public async Task JudgeAsync(Rig rig, Fleet fleet, TimeSpan? patience = null)
    {
        var observer = new Observer(rig, fleet.Ledger);
        await observer.SettledAsync(patience ?? TimeSpan.FromMinutes(IsFull ? 30 : 3), stop);
        // A version that was in hand when the process died twice is parked: a person looks, and asks for it again.
        var parked = await observer.RedeliverParkedAsync(stop);
        Count("versions parked, and delivered when a person asked", parked);
        if (parked > 0)
            await observer.SettledAsync(patience ?? TimeSpan.FromMinutes(IsFull ? 30 : 3), stop);
        await observer.PutDownAsync(stop);
        await VerdictAsync(rig, fleet);
    }

    /// <summary>Asks the checker about what was put down.</summary>
    public async Task VerdictAsync(Rig rig, Fleet fleet)
    {
        rig.Journal.Flush();
        (var exit, Verdict) = await Reporting.Judge.AskAsync(rig, stop);
        problems.AddRange(Reporting.Judge.Problems(exit, Verdict));
        Count("builds sent", fleet.Queued);
        Count("calls sent", fleet.Tries);
        Count("calls answered", fleet.Told);
        foreach ((var status, (var count, var _)) in fleet.Refusals)
            Count($"calls refused with {status}", count);
        Count("calls without an answer", rig.Journal.Counts.GetValueOrDefault("unknown"));
        Count("versions", fleet.Ledger.Versions);
        foreach ((var id, var count) in rig.Bridges.SelectMany(bridge => bridge.Errors))
            Count($"errors in the bridge's log, {id}", count);
    }
}
