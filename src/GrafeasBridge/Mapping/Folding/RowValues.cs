using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>One value that a row finds in one occurrence.</summary>
/// <param name="Source">Index of the source among the row's.</param>
internal sealed record RowValue(string Text, int Source, string Field, Losses Losses);

/// <summary>What a row finds in one occurrence: several values only where the row wants several.</summary>
/// <param name="Values">By ordinal, never empty.</param>
/// <param name="Source">The most preferred source that spoke.</param>
internal sealed record RowValues(IReadOnlyList<string> Values, int Source, string Field, Losses Losses)
{
    /// <returns>Null when the occurrence says nothing for the row.</returns>
    public static RowValues? Of(MappingRow row, Occurrence occurrence, AttributeLimits limits)
    {
        if (row.Several == Several.NewestSet)
            return Set(AllOf(row, occurrence, limits), limits);
        var found = FirstOf(row, occurrence, limits);
        if (found.Count == 0)
            return null;
        var first = found[0];
        var others = found.Exists(v => v.Text != first.Text) ? Losses.Others : Losses.None;
        return new RowValues([first.Text], first.Source, first.Field, first.Losses | others);
    }

    /// <summary>Every value of the first source that has one.</summary>
    public static List<RowValue> FirstOf(MappingRow row, Occurrence occurrence, AttributeLimits limits)
    {
        for (var source = 0; source < row.From.Count; source++)
        {
            var found = ValuesOf(row, source, occurrence, limits).Take(limits.MaxValues + 1).ToList();
            if (found.Count > 0)
                return found;
        }

        return [];
    }

    /// <summary>Every value of every source.</summary>
    public static IEnumerable<RowValue> AllOf(MappingRow row, Occurrence occurrence, AttributeLimits limits) =>
        Enumerable.Range(0, row.From.Count).SelectMany(source => ValuesOf(row, source, occurrence, limits));

    /// <summary>One reading of several occurrences that tell the same; the first is the newest.</summary>
    public static RowValues Merge(IReadOnlyList<RowValues> readings, AttributeLimits limits)
    {
        var values = new SortedSet<string>(readings.SelectMany(r => r.Values), StringComparer.Ordinal);
        var losses = readings.Aggregate(Losses.None, (all, r) => all | r.Losses);
        if (values.Count > limits.MaxValues)
            losses |= Losses.TooMany;
        return readings[0] with { Values = [.. values.Take(limits.MaxValues)], Losses = losses };
    }

    private static RowValues? Set(IEnumerable<RowValue> found, AttributeLimits limits)
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        RowValue? first = null;
        var losses = Losses.None;
        foreach (var value in found)
        {
            first ??= value;
            losses |= value.Losses;
            if (!values.Add(value.Text) || values.Count <= limits.MaxValues)
                continue;
            values.Remove(values.Max!);
            losses |= Losses.TooMany;
        }

        return first is null ? null : new RowValues([.. values], first.Source, first.Field, losses);
    }

    private static IEnumerable<RowValue> ValuesOf(MappingRow row, int source, Occurrence occurrence, AttributeLimits limits)
    {
        // A count compares texts, whatever its own type.
        var type = row.Several == Several.Count ? AttributeType.String : row.Type;
        foreach (var found in row.From[source].Read(occurrence))
        {
            if (Canonical.Text(type, found.Value) is not { Length: > 0 } canonical)
                continue;
            var (text, losses) = limits.Fit(canonical);
            if (text.Length > 0)
                yield return new RowValue(text, source, found.Field, losses);
        }
    }
}
