using System.Diagnostics;
using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>The protocol around a version's row, explored until there is no state left.</summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Mutants { get; } = new()
    {
        { nameof(Mutant.SettleWithoutLookingAtTheRevision), "what is newer is never forgotten" },
        { nameof(Mutant.SettleTheNewestRevision), "becomes verified only when" },
        { nameof(Mutant.SettleWithoutTheLease), "Nobody settles without the lease" },
        { nameof(Mutant.SkipTheReadBack), "becomes verified only when" },
        { nameof(Mutant.ForgetTheMarkWhenTheLeaseWasLost), "A name that the bridge put" },
        { nameof(Mutant.AcknowledgeBeforeTheMark), "becomes verified only when" },
        { nameof(Mutant.RemoveWhatIsNotOwned), "somebody else's stays" },
        { nameof(Mutant.WriteBeforeTheIntent), "A name that the bridge put" },
        { nameof(Mutant.ReleaseWithoutTheLeaseUnmarked), "A name that the bridge put" },
        { nameof(Mutant.ForgetTheNamesOfTheLateWriter), "A name that the bridge put" },
        { nameof(Mutant.GiveUpNamesThoughSomethingChanged), "A name that the bridge put" },
        { nameof(Mutant.LeaseNeverEnds), "nothing more happens" },
        { nameof(Mutant.NeverSatisfied), "round in circles" },
    };

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_reachable_state_keeps_the_invariants_and_ends_well_once_faults_stop(int updates)
    {
        long started = Stopwatch.GetTimestamp();
        var explorer = new Explorer(new Protocol(updates: updates));
        Assert.Null(explorer.Explore()?.ToString());
        Assert.Null(explorer.FindBadEnd()?.ToString());
        output.WriteLine(
            $"{explorer.Count} states, {explorer.Steps} steps, depth {explorer.Depth}, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        Assert.True(explorer.Count > 1_000, "the model has lost its steps");
    }

    [Theory]
    [MemberData(nameof(Mutants))]
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

    /// <summary>
    /// Known limits: no store can see these writes. They stand until something marks the version. When one of these tests
    /// fails the limit is gone, and the doubt belongs to the model proper.
    /// </summary>
    [Theory]
    [InlineData(nameof(Doubts.LateWriterDies), nameof(Verb.Crash))]
    [InlineData(nameof(Doubts.NetworkKeepsWrites), nameof(Verb.KeptWriteLands))]
    public void A_write_that_nobody_is_left_to_report_is_not_found(string doubts, string verb)
    {
        var trace = new Explorer(new Protocol(doubts: Enum.Parse<Doubts>(doubts))).Explore(
            only: words => words.StartsWith("No older state stands", StringComparison.Ordinal));
        Assert.NotNull(trace);
        output.WriteLine(trace.ToString());
        Assert.Contains(trace.Steps, s => s.Step.Verb == Enum.Parse<Verb>(verb));
        var (_, end) = trace.Steps[^1];
        Assert.Equal(DeliveryState.Verified, end.Row.State);
        Assert.NotEqual(Carried.Wanted(end.Updates), end.Target);
    }

    /// <summary>States are taken for the same when they behave alike. Without that shortcut the search must find no others.</summary>
    [Fact]
    public void States_that_count_as_one_behave_alike()
    {
        const int Steps = 9;
        var protocol = new Protocol();
        var seen = new HashSet<ModelState> { ModelState.Start };
        var keys = new HashSet<ulong> { ModelState.Start.Key() };
        var level = seen.ToList();
        for (int i = 0; i < Steps; i++)
        {
            level = [.. level.SelectMany(state => protocol.Next(state).Select(n => n.After).ToList()).Where(seen.Add)];
            keys.UnionWith(level.Select(state => state.Key()));
        }

        var explorer = new Explorer(protocol);
        Assert.Null(explorer.Explore());
        output.WriteLine($"{seen.Count} states, {keys.Count} that differ, within {Steps} steps");
        Assert.Equal(keys.Count, explorer.CountWithin(Steps));
    }
}
