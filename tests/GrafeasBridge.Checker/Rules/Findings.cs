namespace GrafeasBridge.Checker.Rules;

internal enum Rule
{
    /// <summary>Acknowledged, and neither at the target nor said to wait.</summary>
    Lost,

    /// <summary>One thing told or stored as two, or one that nobody sent.</summary>
    Duplicated,

    /// <summary>The target, a receipt or a list says something else than what follows from what was sent.</summary>
    Wrong,

    /// <summary>Said before it was true.</summary>
    Early,

    /// <summary>The target went back to an older state and stays there.</summary>
    OutOfOrder,
}

/// <summary>One broken promise, with what shows it.</summary>
/// <param name="About">The occurrence, version or key.</param>
internal sealed record Finding(Rule Rule, string About, string Text, IReadOnlyList<string> Evidence);

/// <summary>Gathers findings, bounded, and numbers of everything.</summary>
internal sealed class Findings
{
    private const int KeptOfEach = 1000;

    private readonly SortedDictionary<Rule, List<Finding>> kept = [];
    private readonly SortedDictionary<Rule, long> found = [];
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> notJudged = new(StringComparer.Ordinal);

    public bool IsClean => found.Count == 0;

    public IReadOnlyDictionary<Rule, long> Found => found;

    /// <summary>The first of each rule.</summary>
    public IEnumerable<Finding> Kept => kept.Values.SelectMany(k => k);

    public IReadOnlyDictionary<string, long> Counts => counts;

    /// <summary>What could not be judged, by the reason.</summary>
    public IReadOnlyDictionary<string, long> NotJudged => notJudged;

    public void Add(Rule rule, string about, string text, params IEnumerable<string?> evidence)
    {
        found[rule] = found.GetValueOrDefault(rule) + 1;
        if (!kept.TryGetValue(rule, out var list))
            kept[rule] = list = [];
        if (list.Count < KeptOfEach)
            list.Add(new Finding(rule, about, text, [.. evidence.OfType<string>()]));
    }

    public void Count(string what, long number = 1) => counts[what] = counts.GetValueOrDefault(what) + number;

    public void Pass(string reason, long number = 1) => notJudged[reason] = notJudged.GetValueOrDefault(reason) + number;
}
