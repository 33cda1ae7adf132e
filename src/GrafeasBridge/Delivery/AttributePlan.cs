using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery;

/// <summary>What has to change at a target so that it says what is wanted. Pure.</summary>
/// <param name="Set">Wanted attributes that are absent or different there.</param>
/// <param name="Remove">Names that the bridge owns, no longer wants, and that are still there.</param>
internal sealed record AttributePlan(IReadOnlyList<MappedAttribute> Set, IReadOnlyList<string> Remove)
{
    public bool IsEmpty => Set.Count == 0 && Remove.Count == 0;

    /// <summary>What differs, for a sentence. Names only: values may be long, and may be nobody's business.</summary>
    public string Names()
    {
        string[] names = [.. Set.Select(a => a.Name), .. Remove];
        return string.Join(", ", names.Take(5).Select(n => Text.OneLine(n, 80))) + (names.Length > 5 ? " and others" : "");
    }

    /// <summary>Attributes that are neither wanted nor owned are somebody else's and never appear in a plan.</summary>
    /// <param name="wanted">What the version should carry.</param>
    /// <param name="carried">What it carries.</param>
    /// <param name="owned">Names that the bridge has set, or may have set.</param>
    /// <param name="same">Whether both say the same: <see cref="ITarget.Same"/>.</param>
    public static AttributePlan Make(
        IReadOnlyList<MappedAttribute> wanted,
        IReadOnlyList<CarriedAttribute> carried,
        IReadOnlyCollection<string> owned,
        Func<MappedAttribute, CarriedAttribute, bool> same)
    {
        // The last one counts when a target repeats a name.
        var there = new Dictionary<string, CarriedAttribute>(StringComparer.Ordinal);
        foreach (var attribute in carried)
            there[attribute.Name] = attribute;
        var names = wanted.Select(a => a.Name).ToHashSet(StringComparer.Ordinal);
        var withdrawn = owned.Where(name => !names.Contains(name) && there.ContainsKey(name));
        return new AttributePlan(
            [.. wanted.Where(a => !there.TryGetValue(a.Name, out var c) || !same(a, c))],
            [.. withdrawn.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}
