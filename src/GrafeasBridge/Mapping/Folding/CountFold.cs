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
        ? [witness.Attribute(row, [count.ToString(CultureInfo.InvariantCulture)], loss: null)]
        : [];
}

/// <summary>True when any occurrence says so.</summary>
internal sealed class AnyFold(MappingRow row, Limits limits) : IRowFold
{
    private Witness? yes;
    private Witness? no;

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
        ? [witness.Attribute(row, [yes is null ? "false" : "true"], loss: null)]
        : [];
}
