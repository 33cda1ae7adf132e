using GrafeasBridge.Tests.Store;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>
/// What the model does, the code does: traces of the model are walked with a real store, two real reconcilers and real looks
/// for drift, held before each call, and after each step the row, the target and where everybody stands are compared.
/// </summary>
public abstract partial class ConformanceContract : StoreContract
{
    private const int ShortTrace = 4;

    private readonly Protocol protocol = new(updates: 3, checkers: 2);
    private int walks;

    // Of so many kinds of steps one is walked in a run, a different one in each: commits take long.
    private static readonly int KindsPerWalk = PropertyRuns.OneIn(4);

    [Fact]
    public async Task Every_short_trace_of_the_model_is_what_the_code_does()
    {
        await AddNoteAsync();
        foreach (var trace in Traces(ModelState.Start, ShortTrace))
            await WalkAsync(trace);
        Say();
        Assert.True(walks > 100, "the model has lost its steps");
    }

    /// <summary>Each verb, from each place where a worker may stand, on each kind of row.</summary>
    [Fact]
    [RunIn(LongerRun.Default)]
    public async Task Every_kind_of_step_of_the_model_is_what_the_code_does()
    {
        await AddNoteAsync();
        var explorer = new Explorer(new Protocol());
        Assert.Null(explorer.Explore());
        var traces = explorer.OneOfEachKind().ToList();
        Assert.True(traces.Count > 500, "the model has lost its steps");
        // A trace that is the beginning of another is walked with it.
        var beginnings = traces.SelectMany(t => Enumerable.Range(1, t.Steps.Count - 1).Select(n => Path(t.Steps.Take(n)))).ToHashSet();
        var first = new Random(Seeds.Next(TestContext.Current.TestOutputHelper)).Next(KindsPerWalk);
        foreach (var (i, trace) in traces.Where(t => !beginnings.Contains(Path(t.Steps))).Index())
        {
            if (i % KindsPerWalk == first)
                await WalkAsync([.. trace.Steps]);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{traces.Count} kinds");
        Say();
    }

    [Fact]
    public async Task Long_random_traces_of_the_model_are_what_the_code_does()
    {
        await AddNoteAsync();
        var random = new Random(Seeds.Next(TestContext.Current.TestOutputHelper));
        for (var i = PropertyRuns.Of(15); i > 0; i--)
            await WalkAsync(RandomTrace(random, 80));
        Say();
    }

    /// <summary>The ways in which a broken protocol goes wrong are walked with the one that is not.</summary>
    [Fact]
    [RunIn(LongerRun.Default)]
    public async Task Traces_that_break_a_mutant_are_what_the_code_does_and_break_nothing()
    {
        await AddNoteAsync();
        foreach (var mutant in Enum.GetValues<Mutant>().Where(m => m != Mutant.None))
        {
            var explorer = new Explorer(new Protocol(mutant));
            await WalkAsync(Follow((explorer.Explore() ?? explorer.FindBadEnd())!));
        }

        Say();
    }

    private static string Path(IEnumerable<(Step Step, ModelState After)> steps) => string.Join(';', steps.Select(s => s.Step));

    private void Say() => TestContext.Current.TestOutputHelper?.WriteLine($"{walks} traces");

    // Traces

    /// <summary>All traces of this length; shorter ones are their beginnings.</summary>
    private static IEnumerable<List<(Step Step, ModelState After)>> Traces(ModelState from, int length)
    {
        if (length == 0)
        {
            yield return [];
            yield break;
        }

        // A protocol of its own for each level: the list of next steps is used again by the next call.
        foreach (var next in new Protocol().Next(from))
        {
            // The workers are twins: the first to move is the first.
            if (from.Idle && next.Step is { Verb: Verb.Claim, Who: Holder.Worker2 })
                continue;
            foreach (var rest in Traces(next.After, length - 1))
                yield return [next, .. rest];
        }
    }

    private List<(Step Step, ModelState After)> RandomTrace(Random random, int length)
    {
        var trace = new List<(Step Step, ModelState After)>();
        var state = ModelState.Start;
        while (trace.Count < length)
        {
            var possible = protocol.Next(state);
            var quiet = possible.Where(n => !n.Step.Fault).ToList();
            var choice = quiet.Count > 0 && random.Next(10) < 7 ? quiet : possible;
            trace.Add(choice[random.Next(choice.Count)]);
            state = trace[^1].After;
        }

        return trace;
    }

    /// <summary>As far as the unbroken protocol can make the same steps.</summary>
    private List<(Step Step, ModelState After)> Follow(Trace broken)
    {
        var trace = new List<(Step Step, ModelState After)>();
        var state = ModelState.Start;
        foreach (var (step, _) in broken.Steps)
        {
            var next = protocol.Next(state).Where(n => (n.Step.Verb, n.Step.Who) == (step.Verb, step.Who)).ToList();
            if (next.Count == 0)
                break;
            trace.Add(next[0]);
            state = next[0].After;
        }

        return trace;
    }

    // Walking

    private async Task WalkAsync(List<(Step Step, ModelState After)> trace)
    {
        walks++;
        await using var stage = await Stage.OpenAsync(this, $"{walks}");
        for (var i = 0; i < trace.Count; i++)
        {
            var (step, after) = trace[i];
            var next = trace.Skip(i + 1).FirstOrDefault(n => n.Step.Who == step.Who);
            await stage.MakeAsync(step, parks: next.Step.Verb == Verb.SettleParked);
            if (await stage.DifferenceAsync(after) is { } difference)
                Assert.Fail(new Trace(difference, trace[..(i + 1)]).ToString());
        }
    }
}
