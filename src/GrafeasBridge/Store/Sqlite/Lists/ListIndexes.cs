using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>
/// One list: its rows in order, and what finds some of them sooner. Where a method answers null, nothing finds them: any row
/// of the list may be meant.
/// </summary>
internal abstract class ListIndexes(SqliteDatabase database, ScanBudget budget)
{
    /// <summary>Keys that one read may look under; a condition that needs more is decided row by row.</summary>
    protected const int MaxArms = 1024;

    /// <summary>Rows of a range that are kept: those with the smallest sequences.</summary>
    private const int RangeRows = 8192;

    /// <summary>Entries of a range that are read to find them, at most: less than a second.</summary>
    private const int RangeEntries = 4_000_000;

    private int arms;
    private int entries;

    /// <summary>Columns that a row has.</summary>
    public abstract IReadOnlySet<Column> KnownColumns { get; }

    protected SqliteDatabase Database => database;

    /// <summary>One row.</summary>
    public abstract SqliteStatement Row(long sequence);

    /// <summary>True when the row belongs to the list.</summary>
    public abstract bool Has(ListRow row);

    /// <summary>False when what the other methods find must be met with <see cref="Members"/>.</summary>
    public virtual bool KeepToList => true;

    /// <summary>All rows of the list.</summary>
    public abstract Sequence Members();

    public abstract Sequence? OfKinds(Comparison comparison, long kind);

    public virtual Sequence? OfNoteId(string id) => null;

    public virtual Sequence? OfNoteProject(string project) => null;

    public virtual Sequence? OfResource(string resource) => null;

    /// <param name="low">First text of the range; empty for no bound.</param>
    /// <param name="high">Last text of the range; null for no bound.</param>
    public virtual FoundRange? OfResources(byte[] low, byte[]? high, long after) => null;

    /// <summary>Rows of which the resource alone passes the test; all of the list's are looked at, in the index.</summary>
    public virtual FoundRange? OfResources(Func<ListRow, bool> test, long after) => null;

    /// <summary>Rows of any list, to be met with <see cref="Members"/>.</summary>
    public virtual Sequence? OfTimes(long first, long last) => null;

    /// <summary>Rows under any of several keys.</summary>
    protected Sequence? Union<TKey>(IReadOnlyCollection<TKey>? keys, Func<TKey, long, int, SqliteStatement> read)
    {
        if (keys is null || (arms += keys.Count) > MaxArms)
            return null;
        return UnionOfAll(keys, read);
    }

    protected Sequence UnionOfAll<TKey>(IEnumerable<TKey> keys, Func<TKey, long, int, SqliteStatement> read) =>
        UnionSequence.Of([.. keys.Select(key => new IndexSequence((from, count) => read(key, from, count), budget))]);

    /// <summary>The first rows of ranges, which an index holds in another order.</summary>
    /// <param name="test">Which entries to take.</param>
    protected FoundRange? Range(IEnumerable<SqliteStatement>? ranges, Func<ListRow, bool> test, long after)
    {
        if (ranges is null)
            return null;
        var smallest = new SmallestRows(RangeRows);
        var row = new ListRow(database);
        foreach (var range in ranges)
        {
            using (range)
            {
                while (range.Step())
                {
                    if (++entries > RangeEntries)
                        return null;
                    budget.AddEntry();
                    if (range.Number(0) > after && test(row.At(range)))
                        smallest.Add(range.Number(0));
                }
            }
        }

        var rows = smallest.ToSequence();
        return new FoundRange(rows, smallest.KnownThrough);
    }

    /// <returns>Null when there are more.</returns>
    protected static List<T>? AtMost<T>(int count, IEnumerable<T> values)
    {
        var few = values.Take(count + 1).ToList();
        return few.Count > count ? null : few;
    }

    protected static IEnumerable<long> Numbers(SqliteStatement rows)
    {
        using (rows)
        {
            while (rows.Step())
                yield return rows.Number(0);
        }
    }
}

/// <summary>The first rows of a range.</summary>
/// <param name="KnownThrough">Rows after this one may be missing; <see cref="Sequence.End"/> when none is.</param>
internal sealed record FoundRange(Sequence Rows, long KnownThrough);
