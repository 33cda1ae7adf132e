using System.Globalization;
using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>How many occurrences have a value; zero once there is one that could have had it.</summary>
internal sealed class CountFold(MappingRow row, Limits limits) : IRowFold
{
    private long count;
    private Witness? counted;
    private Witness? considered;
    private bool gap;

    public void Add(Occurrence occurrence, NoteKind kind, Stamp stamp)
    {
        if (!row.Reads(kind))
            return;
        var found = RowReading.FirstOf(row, occurrence, limits);
        var hit = found.Find(v => v.Text == row.Equal);
        if (hit is not null)
        {
            count++;
            counted = Witness.Newer(counted, new Witness(stamp, hit.Source, hit.Field, Losses.None));
            return;
        }

        var shown = found.FirstOrDefault() ?? new ReadValue(string.Empty, 0, row.From[0].Text, Losses.None);
        considered = Witness.Newer(considered, new Witness(stamp, shown.Source, shown.Field, Losses.None));
    }

    public IEnumerable<MappedAttribute> Finish() => (counted ?? considered) is { } witness
        ? [witness.Attribute(row, [count.ToString(CultureInfo.InvariantCulture)], limits.Tell(gap ? Losses.Gap : Losses.None, kept: ""))]
        : [];

    public void Restore(Restoring saved)
    {
        (var known, gap) = saved.Of(row);
        if (known is null)
            return;
        count = known.Count;
        foreach (var one in known.Witnesses)
        {
            if (one.Value == nameof(counted))
                counted = one.Restored(row);
            else
                considered = one.Restored(row);
        }
    }

    public void Save(Saving into) =>
        into.Add(row, gap, tooMany: false, count, [(nameof(counted), counted), (nameof(considered), considered)]);
}

/// <summary>True when any occurrence says so.</summary>
internal sealed class AnyFold(MappingRow row, Limits limits) : IRowFold
{
    private Witness? yes;
    private Witness? no;
    private bool gap;

    public void Add(Occurrence occurrence, NoteKind kind, Stamp stamp)
    {
        if (!row.Reads(kind))
            return;
        var found = RowReading.FirstOf(row, occurrence, limits);
        if (found.Count == 0)
            return;
        var hit = found.Find(v => v.Text == "true");
        var shown = hit ?? found[0];
        var witness = new Witness(stamp, shown.Source, shown.Field, Losses.None);
        if (hit is not null)
            yes = Witness.Newer(yes, witness);
        else
            no = Witness.Newer(no, witness);
    }

    public IEnumerable<MappedAttribute> Finish() => (yes ?? no) is { } witness
        ? [witness.Attribute(row, [yes is null ? "false" : "true"], limits.Tell(gap ? Losses.Gap : Losses.None, kept: ""))]
        : [];

    public void Restore(Restoring saved)
    {
        (var known, gap) = saved.Of(row);
        foreach (var one in known?.Witnesses ?? [])
        {
            if (one.Value == nameof(yes))
                yes = one.Restored(row);
            else
                no = one.Restored(row);
        }
    }

    public void Save(Saving into) => into.Add(row, gap, tooMany: false, count: 0, [(nameof(yes), yes), (nameof(no), no)]);
}
