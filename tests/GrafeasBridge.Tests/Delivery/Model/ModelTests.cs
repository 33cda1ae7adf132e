using System.Diagnostics;
using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>The protocol around a version's row, explored until there is no state left.</summary>
[OwnStore]
public sealed class ModelTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Mutants { get; } = new()
    {
        { nameof(Mutant.SettleWithoutLookingAtTheRevision), "what is newer is never forgotten" },
        { nameof(Mutant.SettleTheNewestRevision), "becomes verified only when" },
        { nameof(Mutant.SettleWithoutTheLease), "Nobody settles without the lease" },
        { nameof(Mutant.SkipTheReadBack), "becomes verified only when" },
        { nameof(Mutant.ForgetTheMarkWhenTheLeaseWasLost), "No older state stands" },
        { nameof(Mutant.AcknowledgeBeforeTheMark), "becomes verified only when" },
        { nameof(Mutant.RemoveWhatIsNotOwned), "somebody else's stays" },
        { nameof(Mutant.WriteBeforeTheIntent), "A name that the bridge put" },
        { nameof(Mutant.ReleaseWithoutTheLeaseUnmarked), "No older state stands" },
        { nameof(Mutant.ForgetTheNamesOfTheLateWriter), "A name that the bridge put" },
        { nameof(Mutant.GiveUpNamesThoughSomethingChanged), "A name that the bridge put" },
        { nameof(Mutant.LeaseNeverEnds), "nothing more happens" },
        { nameof(Mutant.NeverSatisfied), "round in circles" },
        { nameof(Mutant.NeverLookAgain), "will be looked at again" },
        { nameof(Mutant.SeeNoOtherValue), "round in circles" },
        { nameof(Mutant.RepairNothing), "round in circles" },
        { nameof(Mutant.RecordThoughTheRowChanged), "A version rests only when" },
        { nameof(Mutant.GiveUpNamesUnseen), "A name that the bridge put" },
    };

    [Theory]
    [InlineData(0, 2, nameof(Doubts.All), nameof(OnDrift.Repair))]
    [InlineData(1, 1, nameof(Doubts.All), nameof(OnDrift.Repair))]
    [InlineData(1, 1, nameof(Doubts.All), nameof(OnDrift.Report))]
    [RunIn(LongerRun.Default)]
    public void Every_reachable_state_keeps_the_invariants_and_ends_well_once_faults_stop(int updates, int checkers, string doubts, string onDrift) =>
        EveryStateIsWell(updates, checkers, doubts, onDrift);

    /// <summary>Hundreds of thousands of states each.</summary>
    [Theory]
    [InlineData(1, 2, nameof(Doubts.All), nameof(OnDrift.Repair))]
    [InlineData(2, 1, nameof(Doubts.LateWriterDies), nameof(OnDrift.Repair))]
    [RunIn(LongerRun.Full)]
    public void Every_reachable_state_of_a_larger_world_keeps_them_too(int updates, int checkers, string doubts, string onDrift) =>
        EveryStateIsWell(updates, checkers, doubts, onDrift);

    private void EveryStateIsWell(int updates, int checkers, string doubts, string onDrift)
    {
        var started = Stopwatch.GetTimestamp();
        var explorer = new Explorer(new Protocol(doubts: Enum.Parse<Doubts>(doubts), updates: updates, checkers: checkers, onDrift: Enum.Parse<OnDrift>(onDrift)));
        Assert.Null(explorer.Explore()?.ToString());
        Assert.Null(explorer.FindBadEnd()?.ToString());
        output.WriteLine(
            $"{explorer.Count} states, {explorer.Steps} steps, depth {explorer.Depth}, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        Assert.True(explorer.Count > 1_000, "the model has lost its steps");
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    [RunIn(LongerRun.Default)]
    public void A_broken_protocol_is_caught(string mutant, string by)
    {
        var explorer = new Explorer(new Protocol(Enum.Parse<Mutant>(mutant)));
        var trace = explorer.Explore() ?? explorer.FindBadEnd();
        Assert.NotNull(trace);
        output.WriteLine($"{mutant}. {trace}");
        Assert.Contains(by, trace.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mutant_is_tried() =>
        Assert.Equal(Enum.GetNames<Mutant>().Where(name => name != nameof(Mutant.None)), Mutants.Select(row => row.Data.Item1));

    /// <summary>No store can see these writes. They stand until the next look, and then the version is brought again.</summary>
    [Theory]
    [InlineData(nameof(Doubts.LateWriterDies), nameof(Verb.Crash))]
    [InlineData(nameof(Doubts.NetworkKeepsWrites), nameof(Verb.KeptWriteLands))]
    public void A_write_that_nobody_is_left_to_report_is_found_by_a_look_and_repaired(string doubts, string verb)
    {
        var trace = ToOlderState(doubts, OnDrift.Repair, verb);
        Assert.DoesNotContain(trace.Steps, s => s.Step.Verb == Verb.RecordCheck);
        // That every such state ends well, the model proper shows; here is what happens in one.
        var healed = Quietly(new Protocol(doubts: Enum.Parse<Doubts>(doubts)), trace.Steps[^1].After);
        Assert.Equal([Verb.CheckComes, Verb.ListToCheck, Verb.Look, Verb.RecordCheck, Verb.Claim], healed.Select(s => s.Step.Verb).Take(5));
        Assert.True(Invariants.IsGoodEnd(healed[^1].After));
    }

    [Theory]
    [InlineData(nameof(Doubts.LateWriterDies), nameof(Verb.Crash))]
    [InlineData(nameof(Doubts.NetworkKeepsWrites), nameof(Verb.KeptWriteLands))]
    public void Where_drift_is_only_reported_such_a_write_is_shown_and_stands_until_somebody_asks(string doubts, string verb)
    {
        var protocol = new Protocol(doubts: Enum.Parse<Doubts>(doubts), onDrift: OnDrift.Report);
        var shown = Quietly(protocol, ToOlderState(doubts, OnDrift.Report, verb).Steps[^1].After)[^1].After;
        Assert.True(Invariants.IsShown(shown));
        var asked = protocol.Next(shown).Single(n => n.Step.Verb == Verb.Redeliver).After;
        Assert.True(Invariants.IsGoodEnd(Quietly(protocol, asked)[^1].After));
    }

    /// <summary>States are taken for the same when they behave alike. Without that shortcut the search must find no others.</summary>
    [Fact]
    public void States_that_count_as_one_behave_alike()
    {
        const int Steps = 9;
        var protocol = new Protocol(checkers: 2);
        var seen = new HashSet<ModelState> { ModelState.Start };
        var keys = new HashSet<ulong> { ModelState.Start.Key() };
        var level = seen.ToList();
        for (var i = 0; i < Steps; i++)
        {
            level = [.. level.SelectMany(state => protocol.Next(state).Select(n => n.After).ToList()).Where(seen.Add)];
            keys.UnionWith(level.Select(state => state.Key()));
        }

        var explorer = new Explorer(protocol);
        Assert.Null(explorer.Explore(within: Steps));
        output.WriteLine($"{seen.Count} states, {keys.Count} that differ, within {Steps} steps");
        Assert.Equal(keys.Count, explorer.CountWithin(Steps));
    }

    /// <summary>To a verified version that carries something older, with nobody left at work.</summary>
    private Trace ToOlderState(string doubts, OnDrift onDrift, string verb)
    {
        var explorer = new Explorer(new Protocol(doubts: Enum.Parse<Doubts>(doubts), onDrift: onDrift));
        var trace = explorer.Explore(forbidden: s =>
            s is { Row.State: DeliveryState.Verified, Row.Check: Check.Later, Idle: true, C1: At.Idle, Flight.Set: Names.None }
            && s.Target != Carried.Wanted(s.Updates));
        Assert.NotNull(trace);
        output.WriteLine(trace.ToString());
        Assert.Contains(trace.Steps, s => s.Step.Verb == Enum.Parse<Verb>(verb));
        return trace;
    }

    /// <summary>One way to go on without a fault, to the end.</summary>
    private static List<(Step Step, ModelState After)> Quietly(Protocol protocol, ModelState state)
    {
        var steps = new List<(Step Step, ModelState After)>();
        while (protocol.Next(state).Where(n => !n.Step.Fault).Take(1).ToList() is [var next])
        {
            steps.Add(next);
            state = next.After;
        }

        return steps;
    }
}
