using GrafeasBridge.Checker.Mapping;
using GrafeasBridge.Checker.Reading;

namespace GrafeasBridge.Checker.Rules;

/// <summary>Attributes that are wanted against those that are held.</summary>
internal static class Comparison
{
    /// <summary>A sentence for each difference. Attributes that the table does not write are others', and theirs to change.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyList<Expected> expected, TargetVersion held)
    {
        var differences = new List<string>();
        foreach (var wanted in expected)
        {
            if (!held.Attributes.TryGetValue(wanted.Name, out var there))
                differences.Add($"{wanted.Name} is missing; expected {Shown(wanted.Values)}");
            else if (there.Type != wanted.Type || !IsSame(wanted.Values, there.Values))
                differences.Add($"{wanted.Name} is {there.Type} {Shown(there.Values)}; expected {wanted.Type} {Shown(wanted.Values)}");
        }

        var others = held.Attributes.Keys.Where(Fold.Names.Contains).Except(expected.Select(e => e.Name));
        differences.AddRange(others.Select(name => $"{name} is {Shown(held.Attributes[name].Values)}; nothing says that"));
        return differences;
    }

    private static bool IsSame(IReadOnlyList<string> wanted, IReadOnlyList<string> there)
    {
        if (wanted.Count != there.Count)
            return false;
        if (wanted.Order(StringComparer.Ordinal).SequenceEqual(there.Order(StringComparer.Ordinal)))
            return true;
        // What is shortened or taken out may stand elsewhere in order.
        var left = there.ToList();
        return wanted.All(w => left.FindIndex(v => Fold.Fits(w, v)) is var at and >= 0 && Removed(left, at));
    }

    private static bool Removed(List<string> from, int at)
    {
        from.RemoveAt(at);
        return true;
    }

    private static string Shown(IReadOnlyList<string> values) =>
        string.Join(", ", values.Take(5).Select(v => $"'{(v.Length > 120 ? v[..120] + "…" : v)}'")) + (values.Count > 5 ? $" and {values.Count - 5} more" : "");
}

/// <summary>Which of the creations that nobody was told of a version shows: every possible choice, as long as there are few.</summary>
internal static class Choices
{
    private const int Most = 64;

    /// <summary>Nothing when there are too many to try.</summary>
    public static IEnumerable<IEnumerable<Contribution>> Of(IReadOnlyList<Creation> uncertain, IReadOnlyList<string> shown)
    {
        if (shown.Count == 0)
            return [[]];
        // More than can be: told by another rule; all of them is the best guess.
        var wanted = Math.Min(shown.Count, uncertain.Count);
        return Count(uncertain.Count, wanted) <= Most
            ? Pick(uncertain, wanted).Select(chosen => chosen.Select((c, i) => new Contribution(c.Content, c.Project, shown[i], null)))
            : [];
    }

    private static IEnumerable<IEnumerable<Creation>> Pick(IReadOnlyList<Creation> from, int number)
    {
        if (number == 0)
            return [[]];
        return Enumerable.Range(0, from.Count - number + 1)
            .SelectMany(first => Pick([.. from.Skip(first + 1)], number - 1).Select(rest => rest.Prepend(from[first])));
    }

    private static double Count(int from, int number) =>
        Enumerable.Range(1, number).Aggregate(1.0, (count, i) => Math.Min(Most + 1, count * (from - number + i) / i));
}
