namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>
/// Reads one part of a list. Indexes only propose rows, from <see cref="ListPlan"/>; <see cref="RowTest"/> decides. A part ends
/// when it is full, and after a number of rows looked at, so that no read lasts.
/// </summary>
internal sealed class ListScan
{
    /// <summary>Rows that one read looks at, so that it holds a connection and the log only briefly.</summary>
    private const int MaxLooks = 8192;

    /// <summary>Rows to look at before a range is read: where many rows fit, the page is full by then.</summary>
    private const int FirstLooks = 1000;

    private readonly SqliteDatabase database;
    private readonly ListIndexes indexes;
    private readonly ListQuery query;
    private readonly Looks looks;
    private readonly Func<ListRow, bool> test;
    private readonly ListRow row;
    private readonly List<StoredItem> items = [];
    private long bytes;
    private long through;
    private bool isLast;

    private ListScan(SqliteDatabase database, ListIndexes indexes, ListQuery query, Looks looks)
    {
        (this.database, this.indexes, this.query, this.looks) = (database, indexes, query, looks);
        (row, test) = (new ListRow(database), RowTest.Of(query.Condition, indexes.KnownColumns));
        through = query.After;
    }

    private bool IsFull => items.Count >= query.Limit || bytes >= query.MaxBytes;

    public static ListPart<StoredItem> Read(SqliteDatabase database, ListIndexes indexes, ListQuery query, Looks looks) =>
        new ListScan(database, indexes, query, looks).Read();

    public static ListPart<StoredItem> Nothing(ListQuery query) => new([], query.After, IsLast: true, Looked: 0);

    private ListPart<StoredItem> Read()
    {
        var most = Math.Clamp(query.MaxLooks, 1, MaxLooks);
        var plan = new ListPlan(indexes, looks, through, ranges: false);
        var rows = plan.Of(query.Condition);
        Take(rows, plan.KnownThrough, plan.LeftOut ? Math.Min(FirstLooks, most) : most);
        if (plan.LeftOut && !isLast && !IsFull)
        {
            plan = new ListPlan(indexes, looks, through, ranges: true);
            rows = plan.Of(query.Condition);
            Take(rows, plan.KnownThrough, most);
        }

        return new ListPart<StoredItem>(items, through, isLast, looks.Count);
    }

    private void Take(Sequence rows, long knownThrough, int most)
    {
        looks.Allow(most);
        while (!IsFull && !looks.AreSpent)
        {
            var next = rows.Seek(through + 1);
            if (next > knownThrough || next == Sequence.End)
            {
                isLast = knownThrough == Sequence.End;
                through = isLast ? through : knownThrough;
                return;
            }

            looks.Add();
            using var found = indexes.Row(next);
            if (found.Step())
                Look(found);
            through = next;
        }
    }

    private void Look(SqliteStatement found)
    {
        row.At(found);
        if (!indexes.Has(row) || !test(row))
            return;
        var message = row.Message;
        bytes += message.Content.Length + (message.Original?.Length ?? 0);
        items.Add(new StoredItem(row.Sequence, message));
    }
}
