using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>Gathers what occurrences say for rows; the order in which they come never matters.</summary>
internal interface IRowFold
{
    void Add(Occurrence occurrence, NoteKind kind, OccurrenceSortKey key);

    IEnumerable<MappedAttribute> Finish();

    /// <summary>Takes what was saved, before anything is added.</summary>
    void Restore(FoldRestorer saved);

    /// <summary>Writes down all that <see cref="Finish"/> and further adding need.</summary>
    void Save(FoldSaver into);
}

/// <summary>Where the folds of a version write their state.</summary>
internal sealed class FoldSaver(TableFingerprints definitions)
{
    public List<SavedRow> Rows { get; } = [];

    public List<SavedEventGroup> Groups { get; } = [];

    /// <summary>A row without anything to save is left out.</summary>
    public void Add(MappingRow row, bool gap, bool tooMany, long count, IEnumerable<(string Value, ValueOrigin? ValueOrigin)> origins)
    {
        SavedValueOrigin[] kept = [.. origins.Where(w => w.ValueOrigin is not null).Select(w => new SavedValueOrigin(
            w.Value, SavedSortKey.Of(w.ValueOrigin!.SortKey), row.SourceText(w.ValueOrigin.Source), w.ValueOrigin.Field, w.ValueOrigin.Losses))];
        if (kept.Length > 0 || gap)
            Rows.Add(new SavedRow(row.Attribute, definitions.Of(row), TableFingerprints.Shape(row), gap, tooMany, count, kept));
    }

    public SavedGroupRow Head(MappingRow row, bool gap) => new(row.Attribute, definitions.Of(row), TableFingerprints.Shape(row), gap);

    public string DefinitionOf(EventGroup group) => definitions.Of(group);
}

/// <summary>Where a value comes from: the newest occurrence that has it, and the field there.</summary>
internal sealed record ValueOrigin(OccurrenceSortKey SortKey, int Source, string Field, Losses Losses)
{
    public static ValueOrigin Newer(ValueOrigin? one, ValueOrigin other) =>
        one is null || OccurrenceSortKey.Order.Compare(other.SortKey, one.SortKey) > 0 ? other : one;

    public MappedAttribute Attribute(MappingRow row, IReadOnlyList<string> values, string? loss) =>
        new(row.Attribute, row.Type, values, row.Rule(Source), SortKey.Name, Field, loss);
}
