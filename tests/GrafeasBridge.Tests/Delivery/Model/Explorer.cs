namespace GrafeasBridge.Tests.Delivery.Model;

/// <summary>Every state that a protocol can reach, breadth first, so that the first trace to a finding is a shortest one.</summary>
internal sealed class Explorer(Protocol protocol)
{
    private readonly Dictionary<ulong, int> known = [];
    private readonly List<ModelState> states = [];
    private readonly List<(int Parent, Step Step)> origins = [];

    // Steps that are nobody's fault, as a list per state: where each leads.
    private readonly List<int> quietStart = [];
    private readonly List<int> quiet = [];

    // The first time that a kind of step was made.
    private readonly Dictionary<(Step, At, Row, bool), (int Before, Step Step, ModelState After)> kinds = [];

    // How many states were known when a depth was complete.
    private readonly List<int> levels = [];
    private (string Words, Func<ModelState, Step, ModelState, bool> Holds)[] invariants = [];

    public int Count => states.Count;

    public int Steps { get; private set; }

    public int Depth => levels.Count - 1;

    /// <summary>How many states there are within so many steps.</summary>
    public int CountWithin(int steps) => levels[Math.Min(steps, Depth)];

    /// <param name="forbidden">A state to be found; none when null.</param>
    /// <param name="within">How many steps deep.</param>
    /// <returns>The trace to the first step that breaks an invariant, or to a forbidden state; null when all states hold.</returns>
    public Trace? Explore(Predicate<ModelState>? forbidden = null, int within = int.MaxValue)
    {
        invariants = forbidden is null ? [.. Invariants.All] : [("There is such a state.", (_, _, after) => !forbidden(after))];
        Reach(ModelState.Start, -1, default);
        levels.Add(1);
        for (var i = 0; i < states.Count; i++)
        {
            if (i == levels[^1])
                levels.Add(states.Count);
            if (Depth > within)
                break;
            if (Expand(i) is { } trace)
                return trace;
        }

        quietStart.Add(quiet.Count);
        return null;
    }

    /// <summary>A shortest trace to each kind of step: by the verb, where its worker stands, and how the row is.</summary>
    public IEnumerable<Trace> OneOfEachKind() =>
        kinds.Values.Select(kind => TraceTo(kind.Before, "A kind of step.", (kind.Step, kind.After)));

    private static (Step Kind, At At, Row Row, bool Late) Kind(ModelState before, Step step)
    {
        var worker = step.Who switch
        {
            Holder.Nobody => default,
            Holder.Checker1 or Holder.Checker2 => new Worker { At = before.Checker(step.Who) },
            _ => before[step.Who],
        };
        var holder = before.Row.Holder == step.Who ? Holder.Worker1 : before.Row.Holder == Holder.Nobody ? Holder.Nobody : Holder.Dead;
        var isNewest = worker.Revision == before.Row.Revision;
        // Of the numbers only what the code compares.
        var row = before.Row with { Revision = isNewest ? 1 : 0, Settled = 0, Attempts = 0, Owned = Names.None, Holder = holder };
        return (step with { Who = Holder.Nobody }, worker.At, row, worker.Late);
    }

    private Trace? Expand(int index)
    {
        quietStart.Add(quiet.Count);
        var before = states[index];
        foreach (var (step, after) in protocol.Next(before))
        {
            Steps++;
            foreach (var (words, holds) in invariants)
            {
                if (!holds(before, step, after))
                    return TraceTo(index, "Broken: " + words, (step, after));
            }

            kinds.TryAdd(Kind(before, step), (index, step, after));
            var to = Reach(after, index, step);
            if (!step.Fault)
                quiet.Add(to);
        }

        return null;
    }

    /// <summary>
    /// When faults and updates stop and clocks go on: there is no going round in circles, so every schedule comes to an end,
    /// and each end is the good one.
    /// </summary>
    /// <returns>The trace to a state from which it does not end well; null when it always does.</returns>
    public Trace? FindBadEnd()
    {
        for (var i = 0; i < Count; i++)
        {
            if (quietStart[i] == quietStart[i + 1] && !protocol.IsGoodEnd(states[i]))
                return TraceTo(i, "Without another fault or update nothing more happens, and the end is not the good one.");
        }

        var entries = Entries();
        var left = new int[Count];
        var ended = new Stack<int>();
        for (var i = 0; i < Count; i++)
        {
            left[i] = quietStart[i + 1] - quietStart[i];
            if (left[i] == 0)
                ended.Push(i);
        }

        while (ended.TryPop(out var end))
        {
            for (var e = entries.Start[end]; e < entries.Start[end + 1]; e++)
            {
                if (--left[entries.From[e]] == 0)
                    ended.Push(entries.From[e]);
            }
        }

        var circling = Array.FindIndex(left, l => l > 0);
        return circling < 0 ? null : TraceTo(circling, "From here it may go round in circles without a fault, for ever.");
    }

    /// <summary>The quiet steps the other way round.</summary>
    private (int[] Start, int[] From) Entries()
    {
        var start = new int[Count + 1];
        foreach (var to in quiet)
            start[to + 1]++;
        for (var i = 0; i < Count; i++)
            start[i + 1] += start[i];
        int[] next = [.. start], from = new int[quiet.Count];
        for (var i = 0; i < Count; i++)
        {
            for (var e = quietStart[i]; e < quietStart[i + 1]; e++)
                from[next[quiet[e]]++] = i;
        }

        return (start, from);
    }

    private int Reach(ModelState state, int parent, Step step)
    {
        var key = state.Key();
        if (known.TryGetValue(key, out var index))
            return index;
        known.Add(key, index = states.Count);
        states.Add(state);
        origins.Add((parent, step));
        return index;
    }

    private Trace TraceTo(int index, string finding, params IEnumerable<(Step Step, ModelState After)> last)
    {
        var steps = new List<(Step, ModelState)>();
        for (var i = index; origins[i].Parent >= 0; i = origins[i].Parent)
            steps.Add((origins[i].Step, states[i]));
        steps.Reverse();
        return new Trace(finding, [.. steps, .. last]);
    }
}
