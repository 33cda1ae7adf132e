using Grafeas.V1;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>Gathers what occurrences say for rows; the order in which they come never matters.</summary>
internal interface IRowFold
{
    void Add(Occurrence occurrence, NoteKind kind, Stamp stamp);

    IEnumerable<MappedAttribute> Finish();

    /// <summary>Takes what was saved, before anything is added.</summary>
    void Restore(Restoring saved);

    /// <summary>Writes down all that <see cref="Finish"/> and further adding need.</summary>
    void Save(Saving into);
}

/// <summary>Where the folds of a version write their state.</summary>
internal sealed class Saving(Definitions definitions)
{
    public List<SavedRow> Rows { get; } = [];

    public List<SavedStory> Stories { get; } = [];

    /// <summary>A row without anything to save is left out.</summary>
    public void Add(MappingRow row, bool gap, bool tooMany, long count, IEnumerable<(string Value, Witness? Witness)> witnesses)
    {
        SavedWitness[] kept = [.. witnesses.Where(w => w.Witness is not null).Select(w => new SavedWitness(
            w.Value, SavedStamp.Of(w.Witness!.Stamp), row.SourceText(w.Witness.Source), w.Witness.Field, w.Witness.Losses))];
        if (kept.Length > 0 || gap)
            Rows.Add(new SavedRow(row.Attribute, definitions.Of(row), Definitions.Shape(row), gap, tooMany, count, kept));
    }

    public SavedStoryRow Head(MappingRow row, bool gap) => new(row.Attribute, definitions.Of(row), Definitions.Shape(row), gap);

    public string DefinitionOf(Story story) => definitions.Of(story);
}

/// <summary>The newest occurrence that says one thing.</summary>
internal sealed record Witness(Stamp Stamp, int Source, string Field, Losses Losses)
{
    public static Witness Newer(Witness? one, Witness other) =>
        one is null || Stamp.Order.Compare(other.Stamp, one.Stamp) > 0 ? other : one;

    public MappedAttribute Attribute(MappingRow row, IReadOnlyList<string> values, string? loss) =>
        new(row.Attribute, row.Type, values, row.Rule(Source), Stamp.Name, Field, loss);
}
