using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Delivery;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>
/// What the model does, the code does: traces of the model are walked with a real store and two real reconcilers, held before
/// each call, and after each step the row, the target and where each worker stands are compared.
/// </summary>
public abstract class ConformanceContract : StoreContract
{
    private const int ShortTrace = 4;

    private readonly Protocol protocol = new(updates: 3);
    private int walks;

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
    public async Task Every_kind_of_step_of_the_model_is_what_the_code_does()
    {
        await AddNoteAsync();
        var explorer = new Explorer(protocol);
        Assert.Null(explorer.Explore());
        var traces = explorer.OneOfEachKind().ToList();
        Assert.True(traces.Count > 500, "the model has lost its steps");
        // A trace that is the beginning of another is walked with it.
        var beginnings = traces.SelectMany(t => Enumerable.Range(1, t.Steps.Count - 1).Select(n => Path(t.Steps.Take(n)))).ToHashSet();
        foreach (var trace in traces.Where(t => !beginnings.Contains(Path(t.Steps))))
            await WalkAsync([.. trace.Steps]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{traces.Count} kinds");
        Say();
    }

    [Fact]
    public async Task Long_random_traces_of_the_model_are_what_the_code_does()
    {
        await AddNoteAsync();
        var random = new Random(Seeds.Next(TestContext.Current.TestOutputHelper));
        for (long i = PropertyRuns.Of(15); i > 0; i--)
            await WalkAsync(RandomTrace(random, 80));
        Say();
    }

    /// <summary>The ways in which a broken protocol goes wrong are walked with the one that is not.</summary>
    [Fact]
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
        for (int i = 0; i < trace.Count; i++)
        {
            var (step, after) = trace[i];
            var next = trace.Skip(i + 1).FirstOrDefault(n => n.Step.Who == step.Who);
            await stage.MakeAsync(step, parks: next.Step.Verb == Verb.SettleParked);
            if (await stage.DifferenceAsync(after) is { } difference)
                Assert.Fail(new Trace(difference, trace[..(i + 1)]).ToString());
        }
    }

    /// <summary>One version, the target, and the two workers.</summary>
    private sealed class Stage(ConformanceContract house, string name, string occurrence) : IAsyncDisposable
    {
        private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
        private static readonly DeliveryOptions Options = new() { Horizon = TimeSpan.FromDays(30), Gather = TimeSpan.Zero };

        private readonly Shelf shelf = new();
        private readonly Dictionary<Holder, (Puppet Puppet, ClaimedVersion Claimed, At At)> working = [];
        private readonly List<Puppet> dead = [];
        private readonly PausedClock clock = new(house.Clock);
        private int updates;

        public static async Task<Stage> OpenAsync(ConformanceContract house, string name)
        {
            var first = house.Occurrence(Names(Web(name))) with { Content = Content(0) };
            await house.AddAsync(first);
            return new Stage(house, name, first.Id);
        }

        public Task MakeAsync(Step step, bool parks) => step.Verb switch
        {
            Verb.Claim => ClaimAsync(step.Who),
            Verb.Release => ReleaseAsync(step.Who),
            Verb.Crash => Task.FromResult(Crash(step.Who)),
            Verb.Update => UpdateAsync(),
            Verb.Redeliver => house.Store.RedeliverAsync(Target, Web(name), Stop),
            Verb.WaitEnds or Verb.LeaseEnds => ForwardAsync(),
            _ => GoOnAsync(step, parks),
        };

        /// <returns>How the real state differs from the model's; null when it does not.</returns>
        public async Task<string?> DifferenceAsync(ModelState model)
        {
            var row = (await house.Store.FindVersionAsync(Target, Web(name), Stop))!;
            bool due = await house.Store.NextDueAsync(Target, Stop) is { } time && time <= house.Clock.GetUtcNow();
            var expected = (model.Row.State, (long)model.Row.Revision, (long)model.Row.Settled, model.Row.Attempts, model.Row.Due);
            var real = (row.State, row.Revision, row.SettledRevision, row.Attempts, due);
            if (expected != real)
                return $"The row (state, revision, settled, attempts, due) is {real}; the model says {expected}.";
            if (shelf.Carried != model.Target)
                return $"The target carries {shelf.Carried}; the model says {model.Target}.";
            return Difference(Holder.Worker1, model) ?? Difference(Holder.Worker2, model);
        }

        /// <summary>Leaves nothing behind that the next walk would claim.</summary>
        public async ValueTask DisposeAsync()
        {
            foreach (var puppet in dead.Concat(working.Values.Select(w => w.Puppet)))
            {
                await puppet.StopAsync();
                puppet.Dispose();
            }

            while (await house.Store.NextDueAsync(Target, Stop) is { } due)
            {
                Forward(due);
                await house.VerifyAllAsync();
            }
        }

        private string? Difference(Holder who, ModelState model)
        {
            At expected = model[who].At;
            if (!working.TryGetValue(who, out var real))
                return expected == At.Idle ? null : $"{who} is idle; the model says {expected}.";
            if (real.At != expected)
                return $"{who} stands before {real.At}; the model says {expected}.";
            // Who holds nothing else in memory is compared where it counts.
            var owned = Words(real.Claimed.Owned);
            return expected is At.Claimed && (real.Claimed.Revision, owned) != (model[who].Revision, model[who].Owned)
                ? $"{who} claimed revision {real.Claimed.Revision}, owned [{owned}]."
                : null;
        }

        private async Task ClaimAsync(Holder who)
        {
            var claimed = Assert.Single(await house.Store.ClaimAsync(Target, 2, Lease, Stop));
            var puppet = new Puppet(claimed, shelf);
            At at = await puppet.StartAsync(
                house.Store,
                store => new VersionReconciler(
                    store, new LineMapping(), Microsoft.Extensions.Options.Options.Create(Options), new DeliveryMetrics(clock), clock,
                    house.Factory.CreateLogger<VersionReconciler>()),
                Options, clock);
            working[who] = (puppet, claimed, at);
        }

        private async Task GoOnAsync(Step step, bool parks)
        {
            var (puppet, claimed, _) = working[step.Who];
            puppet.FailsForGood = parks;
            At at = await puppet.GoOnAsync(step.Verb);
            working[step.Who] = (puppet, claimed, at);
            if (at == At.Idle && working.Remove(step.Who))
                puppet.Dispose();
        }

        private async Task ReleaseAsync(Holder who)
        {
            working.Remove(who, out var worker);
            await worker.Puppet.StopAsync();
            worker.Puppet.Dispose();
            // As TargetLoop does when it has to stop, or the store failed.
            await house.Store.ReleaseAsync([worker.Claimed], Stop);
        }

        private bool Crash(Holder who)
        {
            dead.Add(working[who].Puppet);
            return working.Remove(who);
        }

        private Task<StoredMessage> UpdateAsync()
        {
            updates++;
            return house.Store.UpdateOccurrenceAsync(
                "ci", occurrence, _ => house.Occurrence(Names(Web(name))) with { Id = occurrence, Content = Content(updates) }, Stop);
        }

        private async Task ForwardAsync() => Forward((await house.Store.NextDueAsync(Target, Stop))!.Value);

        private void Forward(DateTimeOffset time)
        {
            if (time > house.Clock.GetUtcNow())
                house.Clock.SetUtcNow(time);
        }

        private static byte[] Content(int updates)
        {
            var wanted = Carried.Wanted(updates);
            return new Occurrence { Remediation = $"string a={wanted.A}\n{(wanted.B ? "string b=1" : "")}" }.ToByteArray();
        }

        private static Model.Names Words(IEnumerable<string> names) =>
            names.Aggregate(Model.Names.None, (all, name) => all | Enum.Parse<Model.Names>(name, ignoreCase: true));
    }

    /// <summary>
    /// A worker's clock. Nothing fires by the house's time: a paused worker does not notice how it passes. And it runs ahead, so
    /// that a wait is still to come when the lease ends between the end of a try and its settling, as in the model.
    /// </summary>
    private sealed class PausedClock(TimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + TimeSpan.FromMinutes(10);
    }
}
