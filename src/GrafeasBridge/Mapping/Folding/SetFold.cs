using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>Every value of every occurrence: the newest ones when there are too many.</summary>
internal sealed class SetFold(MappingRow row, AttributeLimits limits) : IRowFold
{
    private static readonly IComparer<(OccurrenceSortKey SortKey, string Value)> Order = Comparer<(OccurrenceSortKey SortKey, string Value)>.Create((one, other) =>
    {
        var keys = OccurrenceSortKey.Compare(one.SortKey, other.SortKey);
        return keys != 0 ? keys : string.CompareOrdinal(one.Value, other.Value);
    });

    private readonly Dictionary<string, ValueOrigin> origins = new(StringComparer.Ordinal);
    private readonly SortedSet<(OccurrenceSortKey SortKey, string Value)> oldestFirst = new(Order);
    private bool tooMany;
    private bool gap;

    public void Add(Occurrence occurrence, NoteKind kind, OccurrenceSortKey key)
    {
        if (!row.Reads(kind))
            return;
        foreach (var same in RowValues.AllOf(row, occurrence, limits).GroupBy(v => v.Text, StringComparer.Ordinal))
        {
            var first = same.First();
            Add(same.Key, new ValueOrigin(key, first.Source, first.Field, same.Aggregate(Losses.None, (all, v) => all | v.Losses)));
        }
    }

    public IEnumerable<MappedAttribute> Finish()
    {
        if (origins.Count == 0)
            return [];
        var losses = origins.Values.Aggregate((tooMany ? Losses.TooMany : Losses.None) | (gap ? Losses.Gap : Losses.None), (all, w) => all | w.Losses);
        var values = origins.Keys.Order(StringComparer.Ordinal).ToArray();
        var newest = oldestFirst.Max.SortKey;
        var decided = origins[values.First(v => origins[v].SortKey == newest)];
        return [decided.Attribute(row, values, limits.DescribeLosses(losses, $"the newest {limits.MaxValues}"))];
    }

    public void Restore(FoldRestorer saved)
    {
        (var known, gap) = saved.Of(row);
        if (known is null)
            return;
        foreach (var one in known.Origins)
        {
            var origin = one.Restored(row);
            var losses = origin.Losses;
            Add(saved.Fit(one.Value, ref losses), origin with { Losses = losses });
        }

        tooMany |= known.TooMany;
    }

    public void Save(FoldSaver into) =>
        into.Add(row, gap, tooMany, count: 0, origins.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => (w.Key, (ValueOrigin?)w.Value)));

    // A value is kept by its newest origin alone, so what a value that went and came again had before cannot matter.
    private void Add(string value, ValueOrigin origin)
    {
        if (origins.TryGetValue(value, out var known))
        {
            if (OccurrenceSortKey.Order.Compare(origin.SortKey, known.SortKey) <= 0)
                return;
            oldestFirst.Remove((known.SortKey, value));
        }

        origins[value] = origin;
        oldestFirst.Add((origin.SortKey, value));
        if (origins.Count <= limits.MaxValues)
            return;
        var oldest = oldestFirst.Min;
        oldestFirst.Remove(oldest);
        origins.Remove(oldest.Value);
        tooMany = true;
    }
}
