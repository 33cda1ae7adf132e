using System.Runtime.InteropServices;

namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>
/// Rows that may fulfil a condition, as sequences in ascending order. It proposes too many rather than too few: whoever reads
/// the row decides. Asked with sequences that never go down.
/// </summary>
internal abstract class Sequence
{
    /// <summary>No further row.</summary>
    public const long End = long.MaxValue;

    public static readonly Sequence Empty = new SortedSequence([], 0);

    /// <returns>The first of its rows that is not before <paramref name="from"/>, or <see cref="End"/>.</returns>
    public abstract long Seek(long from);
}

/// <summary>Rows that an index holds in order of sequence under one key, read a few at a time, more as long as all are wanted.</summary>
/// <param name="read">Binds the key, the sequence to begin with, and the number of rows.</param>
internal sealed class IndexSequence(Func<long, int, SqliteStatement> read, ScanBudget budget) : Sequence
{
    private const int Smallest = 8;
    private const int Largest = 512;
    private readonly List<long> rows = [];
    private int at;
    private int size = Smallest;
    private bool isWhole;

    public override long Seek(long from)
    {
        while (at < rows.Count && rows[at] < from)
            at++;
        if (at < rows.Count)
            return rows[at];
        if (isWhole)
            return End;
        Fill(from);
        return rows.Count > 0 ? rows[0] : End;
    }

    private void Fill(long from)
    {
        // A jump says that most rows here are not wanted.
        size = rows.Count > 0 && from <= rows[^1] + 1 ? Math.Min(size * 4, Largest) : Smallest;
        rows.Clear();
        at = 0;
        budget.Add();
        using var found = read(from, size);
        while (found.Step())
        {
            rows.Add(found.Number(0));
            budget.AddEntry();
        }

        isWhole = rows.Count < size;
    }
}

/// <summary>All rows of some blocks of sequences; whoever meets them with others finds those that are there.</summary>
/// <param name="next">The first wanted block that is not before one.</param>
internal sealed class BlockSequence(Func<long, long?> next, ScanBudget budget) : Sequence
{
    public const int Bits = 10;

    private long block = -1;

    public override long Seek(long from)
    {
        if (from >> Bits > block)
        {
            budget.Add();
            block = next(from >> Bits) ?? End;
        }

        return block == End ? End : Math.Max(from, block << Bits);
    }
}

/// <summary>Rows that are known already.</summary>
internal sealed class SortedSequence(long[] rows, int count) : Sequence
{
    private int at;

    public override long Seek(long from)
    {
        if (at < count && rows[at] < from)
        {
            var found = rows.AsSpan(at, count - at).BinarySearch(from);
            at += found < 0 ? ~found : found;
        }

        return at < count ? rows[at] : End;
    }
}

/// <summary>Rows of any of several, which may be many: only those that fall behind are asked.</summary>
internal sealed class UnionSequence : Sequence
{
    private readonly PriorityQueue<Sequence, long> parts;

    private UnionSequence(IEnumerable<Sequence> parts) =>
        this.parts = new PriorityQueue<Sequence, long>(parts.Select(part => (part, long.MinValue)));

    public static Sequence Of(IReadOnlyList<Sequence> parts) => parts switch
    {
        [] => Empty,
        [var only] => only,
        _ => new UnionSequence(parts),
    };

    public override long Seek(long from)
    {
        while (parts.TryPeek(out var part, out var head))
        {
            if (head >= from)
                return head;
            var next = part.Seek(from);
            if (next == End)
                parts.Dequeue();
            else
                parts.DequeueEnqueue(part, next);
        }

        return End;
    }
}

/// <summary>
/// Rows of all of several: each in turn is asked for the next row that the others may have, so rows that only some have are
/// jumped over, however many they are.
/// </summary>
internal sealed class IntersectionSequence : Sequence
{
    private readonly Sequence[] parts;
    private readonly ScanBudget budget;

    private IntersectionSequence(Sequence[] parts, ScanBudget budget) => (this.parts, this.budget) = (parts, budget);

    /// <returns>Null, which means every row, when nothing narrows.</returns>
    public static Sequence? Of(IReadOnlyList<Sequence> parts, ScanBudget budget) => parts switch
    {
        [] => null,
        [var only] => only,
        _ => new IntersectionSequence([.. parts], budget),
    };

    public override long Seek(long from)
    {
        var agreed = 0;
        var row = from;
        for (var i = 0; ; i = (i + 1) % parts.Length)
        {
            var next = parts[i].Seek(row);
            if (next == End)
                return End;
            if (next == row && ++agreed == parts.Length)
                return row;
            if (next > row)
            {
                (row, agreed) = (next, 1);
                // Not agreed upon, but nothing lies before it: the reader of the row ends there.
                if (budget.IsSpent)
                    return row;
            }
        }
    }
}

/// <summary>The smallest of many sequences that come in no order, in a bounded memory.</summary>
internal sealed class SmallestRows(int capacity)
{
    private readonly List<long> rows = [];
    private long bound = long.MaxValue;

    /// <summary>Rows after this one may be missing; <see cref="Sequence.End"/> when none is.</summary>
    public long KnownThrough { get; private set; } = Sequence.End;

    public void Add(long row)
    {
        if (row >= bound)
            return;
        rows.Add(row);
        if (rows.Count == capacity * 2)
            Shrink();
    }

    public SortedSequence ToSequence()
    {
        rows.Sort();
        if (rows.Count > capacity)
            Cut();
        return new SortedSequence([.. rows], rows.Count);
    }

    private void Shrink()
    {
        rows.Sort();
        Cut();
    }

    private void Cut()
    {
        CollectionsMarshal.SetCount(rows, capacity);
        bound = rows[^1];
        KnownThrough = bound;
    }
}
