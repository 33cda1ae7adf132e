using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>Gathers what occurrences say for rows; the order in which they come never matters.</summary>
internal interface IRowFold
{
    void Add(Occurrence occurrence, NoteKind kind, Stamp stamp);

    IEnumerable<MappedAttribute> Finish();
}

/// <summary>The newest occurrence that says one thing.</summary>
internal sealed record Witness(Stamp Stamp, int Source, string Field, Losses Losses)
{
    public static Witness Newer(Witness? one, Witness other) =>
        one is null || Stamp.Order.Compare(other.Stamp, one.Stamp) > 0 ? other : one;

    public MappedAttribute Attribute(MappingRow row, IReadOnlyList<string> values, string? loss) =>
        new(row.Attribute, row.Type, values, row.Rule(Source), Stamp.Name, Field, loss);
}
