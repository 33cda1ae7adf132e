using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>Every value of every occurrence: the newest ones when there are too many.</summary>
internal sealed class SetFold(MappingRow row, Limits limits) : IRowFold
{
    private static readonly IComparer<(Stamp Stamp, string Value)> Order = Comparer<(Stamp Stamp, string Value)>.Create((one, other) =>
    {
        var stamps = Stamp.Compare(one.Stamp, other.Stamp);
        return stamps != 0 ? stamps : string.CompareOrdinal(one.Value, other.Value);
    });

    private readonly Dictionary<string, Witness> witnesses = new(StringComparer.Ordinal);
    private readonly SortedSet<(Stamp Stamp, string Value)> oldestFirst = new(Order);
    private bool tooMany;
    private bool gap;

    public void Add(Occurrence occurrence, NoteKind kind, Stamp stamp)
    {
        if (!row.Reads(kind))
            return;
        foreach (var same in RowReading.AllOf(row, occurrence, limits).GroupBy(v => v.Text, StringComparer.Ordinal))
        {
            var first = same.First();
            Add(same.Key, new Witness(stamp, first.Source, first.Field, same.Aggregate(Losses.None, (all, v) => all | v.Losses)));
        }
    }

    public IEnumerable<MappedAttribute> Finish()
    {
        if (witnesses.Count == 0)
            return [];
        var losses = witnesses.Values.Aggregate((tooMany ? Losses.TooMany : Losses.None) | (gap ? Losses.Gap : Losses.None), (all, w) => all | w.Losses);
        var values = witnesses.Keys.Order(StringComparer.Ordinal).ToArray();
        var newest = oldestFirst.Max.Stamp;
        var decided = witnesses[values.First(v => witnesses[v].Stamp == newest)];
        return [decided.Attribute(row, values, limits.Tell(losses, $"the newest {limits.MaxValues}"))];
    }

    public void Restore(Restoring saved)
    {
        (var known, gap) = saved.Of(row);
        if (known is null)
            return;
        foreach (var one in known.Witnesses)
        {
            var witness = one.Restored(row);
            var losses = witness.Losses;
            Add(saved.Fit(one.Value, ref losses), witness with { Losses = losses });
        }

        tooMany |= known.TooMany;
    }

    public void Save(Saving into) =>
        into.Add(row, gap, tooMany, count: 0, witnesses.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => (w.Key, (Witness?)w.Value)));

    // A value is kept by its newest witness alone, so what a value that went and came again had before cannot matter.
    private void Add(string value, Witness witness)
    {
        if (witnesses.TryGetValue(value, out var known))
        {
            if (Stamp.Order.Compare(witness.Stamp, known.Stamp) <= 0)
                return;
            oldestFirst.Remove((known.Stamp, value));
        }

        witnesses[value] = witness;
        oldestFirst.Add((witness.Stamp, value));
        if (witnesses.Count <= limits.MaxValues)
            return;
        var oldest = oldestFirst.Min;
        oldestFirst.Remove(oldest);
        witnesses.Remove(oldest.Value);
        tooMany = true;
    }
}
