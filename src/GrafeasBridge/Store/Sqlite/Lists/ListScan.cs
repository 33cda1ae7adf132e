namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>
/// Reads one part of a list. Indexes only propose rows, from <see cref="ListPlan"/>; <see cref="RowTest"/> decides. A part ends
/// when it is full, and after a number of rows examined, so that no read lasts.
/// </summary>
internal sealed class ListScan
{
    /// <summary>Rows that one read examines at most, so that it holds a connection and the log only briefly.</summary>
    private const int MaxRowsExamined = 8192;

    /// <summary>Rows to examine before a range is read: where many rows match, the page is full by then.</summary>
    private const int RowsBeforeRange = 1000;

    private readonly SqliteDatabase database;
    private readonly ListIndexes indexes;
    private readonly ListQuery query;
    private readonly ScanBudget budget;
    private readonly Func<ListRow, bool> test;
    private readonly ListRow row;
    private readonly List<StoredItem> items = [];
    private long bytes;
    private long cursor;
    private bool isLast;

    private ListScan(SqliteDatabase database, ListIndexes indexes, ListQuery query, ScanBudget budget)
    {
        (this.database, this.indexes, this.query, this.budget) = (database, indexes, query, budget);
        (row, test) = (new ListRow(database), RowTest.Of(query.Condition, indexes.KnownColumns));
        cursor = query.After;
    }

    private bool IsFull => items.Count >= query.Limit || bytes >= query.MaxBytes;

    public static ListPart<StoredItem> Read(SqliteDatabase database, ListIndexes indexes, ListQuery query, ScanBudget budget) =>
        new ListScan(database, indexes, query, budget).Read();

    public static ListPart<StoredItem> Nothing(ListQuery query) => new([], query.After, IsLast: true, RowsExamined: 0);

    private ListPart<StoredItem> Read()
    {
        var most = Math.Clamp(query.ScanBudget, 1, MaxRowsExamined);
        var plan = new ListPlan(indexes, budget, cursor, ranges: false);
        var rows = plan.Of(query.Condition);
        Take(rows, plan.KnownThrough, plan.LeftOut ? Math.Min(RowsBeforeRange, most) : most);
        if (plan.LeftOut && !isLast && !IsFull)
        {
            plan = new ListPlan(indexes, budget, cursor, ranges: true);
            rows = plan.Of(query.Condition);
            Take(rows, plan.KnownThrough, most);
        }

        return new ListPart<StoredItem>(items, cursor, isLast, budget.Count);
    }

    private void Take(Sequence rows, long knownThrough, int most)
    {
        budget.Allow(most);
        while (!IsFull && !budget.IsSpent)
        {
            var next = rows.Seek(cursor + 1);
            if (next > knownThrough || next == Sequence.End)
            {
                isLast = knownThrough == Sequence.End;
                cursor = isLast ? cursor : knownThrough;
                return;
            }

            budget.Add();
            using var found = indexes.Row(next);
            if (found.Step())
                Examine(found);
            cursor = next;
        }
    }

    private void Examine(SqliteStatement found)
    {
        row.At(found);
        if (!indexes.Has(row) || !test(row))
            return;
        var message = row.Message;
        bytes += message.Content.Length + (message.Original?.Length ?? 0);
        items.Add(new StoredItem(row.Sequence, message));
    }
}
