using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>
/// Which indexes propose the rows of a condition: those of all parts of an AND together, those of each part of an OR, and
/// none where any row may do.
/// </summary>
/// <param name="ranges">False to leave out ranges of resources, which cost a read of the whole range before the first row is known.</param>
internal sealed class ListPlan(ListIndexes indexes, ScanBudget budget, long after, bool ranges)
{
    private static readonly HashSet<Column> ResourceAlone = [Column.ResourceUri];

    // Rows of some blocks, of any list, are among those proposed.
    private bool hasBlocks;

    // Something narrows more than a kind or a time, which many rows have in common.
    private bool isSharp;

    /// <summary>True when a range was left out that would have narrowed.</summary>
    public bool LeftOut { get; private set; }

    /// <summary>Rows after this one may be missing.</summary>
    public long KnownThrough { get; private set; } = Sequence.End;

    /// <summary>Rows that may fulfil the condition.</summary>
    public Sequence Of(Condition condition)
    {
        var narrowed = Narrow(condition);
        var scanned = isSharp ? null : Scan(condition);
        var members = (narrowed is null && scanned is null) || hasBlocks || !indexes.KeepToList ? indexes.Members() : null;
        return IntersectionSequence.Of([.. new[] { narrowed, scanned, members }.OfType<Sequence>()], budget)!;
    }

    private Sequence? Narrow(Condition condition) => condition switch
    {
        Condition.Never => Sequence.Empty,
        Condition.All all => All(all.Parts),
        Condition.Any any => Any(any.Parts),
        Condition.CompareText { Comparison: Comparison.Equal } one => Equal(one.Column, one.Value),
        Condition.CompareNumber { Column: Column.Kind } one => indexes.OfKinds(one.Comparison, one.Value),
        _ => Bounds.Of([condition]) is { } bounds ? Range(bounds) : null,
    };

    private Sequence? All(IReadOnlyList<Condition> parts)
    {
        // Two half-open ranges of one column are one range.
        var found = Bounds.Split(parts, out var others).Select(Range).Concat(others.Select(Narrow));
        return IntersectionSequence.Of([.. found.OfType<Sequence>()], budget);
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

    private Sequence? Equal(Column column, string value)
    {
        var found = column switch
        {
            Column.ResourceUri => indexes.OfResource(value),
            Column.NoteId => indexes.OfNoteId(value),
            Column.NoteProject => indexes.OfNoteProject(value),
            _ => null,
        };
        isSharp |= found is not null;
        return found;
    }

    /// <summary>Looks through every resource of the list, in the index, which is a small part of the rows.</summary>
    private Sequence? Scan(Condition condition)
    {
        if (!TestsResource(condition))
            return null;
        LeftOut |= !ranges;
        return ranges ? Known(indexes.OfResources(RowTest.Of(condition, ResourceAlone), after)) : null;
    }

    private static bool TestsResource(Condition condition) => condition switch
    {
        Condition.All all => all.Parts.Any(TestsResource),
        Condition.Any any => any.Parts.All(TestsResource),
        Condition.StartsWith { Column: Column.ResourceUri } => true,
        Condition.EndsWith { Column: Column.ResourceUri } => true,
        Condition.Contains { Column: Column.ResourceUri } => true,
        Condition.CompareText { Column: Column.ResourceUri, Comparison: Comparison.Equal } => true,
        _ => false,
    };

    private Sequence? Range(Bounds bounds)
    {
        if (bounds.Column == Column.CreateTime)
        {
            hasBlocks = true;
            return indexes.OfTimes(bounds.First, bounds.Last);
        }

        isSharp = true;
        if (!ranges)
        {
            LeftOut = true;
            return null;
        }

        return Known(indexes.OfResources(bounds.Low, bounds.High, after));
    }

    private Sequence? Known(FoundRange? range)
    {
        KnownThrough = Math.Min(KnownThrough, range?.KnownThrough ?? Sequence.End);
        return range?.Rows;
    }
}
