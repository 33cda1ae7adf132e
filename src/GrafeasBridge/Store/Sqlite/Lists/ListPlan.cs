using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>
/// Which indexes propose the rows of a condition: those of all parts of an AND together, those of each part of an OR, and
/// none where any row may do.
/// </summary>
/// <param name="ranges">False to leave out ranges of resources, which cost a read of the whole range before the first row is known.</param>
internal sealed class ListPlan(ListIndexes indexes, Looks looks, long after, bool ranges)
{
    private const string DigestMark = "sha256:";
    private const int DigestCharacters = 16;

    private bool hasBlocks;

    /// <summary>True when a range was left out that would have narrowed.</summary>
    public bool LeftOut { get; private set; }

    /// <summary>Rows after this one may be missing.</summary>
    public long KnownThrough { get; private set; } = Sequence.End;

    /// <summary>Rows that may fulfil the condition.</summary>
    public Sequence Of(Condition condition)
    {
        var narrowed = Narrow(condition);
        if (narrowed is null)
            return indexes.Members();
        return indexes.KeepToList && !hasBlocks ? narrowed : IntersectionSequence.Of([narrowed, indexes.Members()], looks)!;
    }

    private Sequence? Narrow(Condition condition) => condition switch
    {
        Condition.Never => Sequence.Empty,
        Condition.All all => All(all.Parts),
        Condition.Any any => Any(any.Parts),
        Condition.CompareText { Comparison: Comparison.Equal } one => Equal(one.Column, one.Value),
        Condition.CompareNumber { Column: Column.Kind } one => indexes.OfKinds(one.Comparison, one.Value),
        Condition.EndsWith { Column: Column.ResourceUri } one => Digest(one.Suffix),
        Condition.Contains { Column: Column.ResourceUri } one => Digest(one.Text),
        _ => Bounds.Of([condition]) is { } bounds ? Range(bounds) : null,
    };

    private Sequence? All(IReadOnlyList<Condition> parts)
    {
        // Two half-open ranges of one column are one range.
        var found = Bounds.Split(parts, out var others).Select(Range).Concat(others.Select(Narrow));
        return IntersectionSequence.Of([.. found.OfType<Sequence>()], looks);
    }

    private Sequence? Any(IReadOnlyList<Condition> parts)
    {
        var found = new List<Sequence>();
        foreach (var part in parts)
        {
            if (Narrow(part) is not { } rows)
                return null;
            found.Add(rows);
        }

        return UnionSequence.Of(found);
    }

    private Sequence? Equal(Column column, string value) => column switch
    {
        Column.ResourceUri => indexes.OfResource(value),
        Column.NoteId => indexes.OfNoteId(value),
        Column.NoteProject => indexes.OfNoteProject(value),
        _ => null,
    };

    // Only where the text holds the mark and what follows it does the stored digest say something.
    private Sequence? Digest(string text)
    {
        var start = text.IndexOf(DigestMark, StringComparison.Ordinal) + DigestMark.Length;
        if (start < DigestMark.Length || text.Length - start < DigestCharacters)
            return null;
        var digest = text.Substring(start, DigestCharacters);
        return digest.All(char.IsAsciiHexDigit) ? indexes.OfDigest(digest) : null;
    }

    private Sequence? Range(Bounds bounds)
    {
        if (bounds.Column == Column.CreateTime)
        {
            hasBlocks = true;
            return indexes.OfTimes(bounds.First, bounds.Last);
        }

        if (!ranges)
        {
            LeftOut = true;
            return null;
        }

        if (indexes.OfResources(bounds.Low, bounds.High, after) is not { } found)
            return null;
        KnownThrough = Math.Min(KnownThrough, found.KnownThrough);
        return found.Rows;
    }
}
