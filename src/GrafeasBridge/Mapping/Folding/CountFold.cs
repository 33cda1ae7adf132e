using System.Globalization;
using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>How many occurrences have a value; zero once there is one that could have had it.</summary>
internal sealed class CountFold(MappingRow row, AttributeLimits limits) : IRowFold
{
    private long count;
    private ValueOrigin? counted;
    private ValueOrigin? considered;
    private bool gap;

    public void Add(Occurrence occurrence, NoteKind kind, OccurrenceSortKey key)
    {
        if (!row.Reads(kind))
            return;
        var found = RowValues.FirstOf(row, occurrence, limits);
        var hit = found.Find(v => v.Text == row.Equal);
        if (hit is not null)
        {
            count++;
            counted = ValueOrigin.Newer(counted, new ValueOrigin(key, hit.Source, hit.Field, Losses.None));
            return;
        }

        var shown = found.FirstOrDefault() ?? new RowValue(string.Empty, 0, row.From[0].Text, Losses.None);
        considered = ValueOrigin.Newer(considered, new ValueOrigin(key, shown.Source, shown.Field, Losses.None));
    }

    public IEnumerable<MappedAttribute> Finish() => (counted ?? considered) is { } origin
        ? [origin.Attribute(row, [count.ToString(CultureInfo.InvariantCulture)], limits.DescribeLosses(gap ? Losses.Gap : Losses.None, kept: ""))]
        : [];

    public void Restore(FoldRestorer saved)
    {
        (var known, gap) = saved.Of(row);
        if (known is null)
            return;
        count = known.Count;
        foreach (var one in known.Origins)
        {
            if (one.Value == nameof(counted))
                counted = one.Restored(row);
            else
                considered = one.Restored(row);
        }
    }

    public void Save(FoldSaver into) =>
        into.Add(row, gap, tooMany: false, count, [(nameof(counted), counted), (nameof(considered), considered)]);
}

/// <summary>True when any occurrence says so.</summary>
internal sealed class AnyFold(MappingRow row, AttributeLimits limits) : IRowFold
{
    private ValueOrigin? yes;
    private ValueOrigin? no;
    private bool gap;

    public void Add(Occurrence occurrence, NoteKind kind, OccurrenceSortKey key)
    {
        if (!row.Reads(kind))
            return;
        var found = RowValues.FirstOf(row, occurrence, limits);
        if (found.Count == 0)
            return;
        var hit = found.Find(v => v.Text == "true");
        var shown = hit ?? found[0];
        var origin = new ValueOrigin(key, shown.Source, shown.Field, Losses.None);
        if (hit is not null)
            yes = ValueOrigin.Newer(yes, origin);
        else
            no = ValueOrigin.Newer(no, origin);
    }

    public IEnumerable<MappedAttribute> Finish() => (yes ?? no) is { } origin
        ? [origin.Attribute(row, [yes is null ? "false" : "true"], limits.DescribeLosses(gap ? Losses.Gap : Losses.None, kept: ""))]
        : [];

    public void Restore(FoldRestorer saved)
    {
        (var known, gap) = saved.Of(row);
        foreach (var one in known?.Origins ?? [])
        {
            if (one.Value == nameof(yes))
                yes = one.Restored(row);
            else
                no = one.Restored(row);
        }
    }

    public void Save(FoldSaver into) => into.Add(row, gap, tooMany: false, count: 0, [(nameof(yes), yes), (nameof(no), no)]);
}
