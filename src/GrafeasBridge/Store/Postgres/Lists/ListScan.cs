using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Postgres.Lists;

/// <summary>
/// Reads one part of a list: first a window of rows in order of sequence, and where that finds little, the range of an index that the
/// condition tells. No part examines many rows for few, so none lasts.
/// </summary>
internal sealed class ListScan(PostgresSession session, ListSource source, ListQuery query)
{
    /// <summary>Rows that one window examines at most.</summary>
    private const int MaxRowsExamined = 8192;

    /// <summary>Rows to examine before a range is read: where many rows match, the page is full by then.</summary>
    private const int RowsBeforeRange = 1000;

    // In the order in which the rows come, which is that of their sequence.
    private const string BytesBefore =
        "sum(octet_length(r.content) + coalesce(octet_length(r.original), 0)) over (rows between unbounded preceding and 1 preceding)";

    private readonly List<StoredItem> items = [];
    private long cursor = query.After;
    private long bytes;
    private int rowsExamined;
    private bool isLast;

    private bool IsFull => items.Count >= query.Limit || bytes >= query.MaxBytes;

    public static ListPart<StoredItem> Nothing(ListQuery query) => new([], query.After, IsLast: true, RowsExamined: 0);

    public async Task<ListPart<StoredItem>> ReadAsync()
    {
        // Where every row fits, no more are looked at than are wanted.
        var most = Math.Clamp(query.Condition is Condition.Always ? Math.Min(query.ScanBudget, query.Limit) : query.ScanBudget, 1, MaxRowsExamined);
        var hasRange = ListRange.Of(query.Condition, source, new ComposedSql()) is not null;
        if (await WindowAsync(hasRange ? Math.Min(RowsBeforeRange, most) : most) && !isLast && !IsFull && hasRange)
            await RangeAsync();
        return new ListPart<StoredItem>(items, cursor, isLast, rowsExamined);
    }

    /// <returns>False when the arms are so sharp that a range would find no more.</returns>
    private async Task<bool> WindowAsync(int most)
    {
        if (await ComposeWindowAsync(most) is not { } window)
        {
            isLast = true;
            return false;
        }

        await TakeAsync(window.Command, most);
        return !window.IsSharp;
    }

    /// <returns>The command that reads a window; null when no row can fulfil the condition.</returns>
    internal async Task<(ComposedSql Command, bool IsSharp)?> ComposeWindowAsync(int most)
    {
        var command = new ComposedSql();
        var arms = new ListArms(session, source, command);
        var conditions = await arms.OfAsync(query.Condition);
        if (conditions.Count == 0)
            return null;
        Compose(command, conditions, most);
        return (command, arms.AreSharp);
    }

    /// <summary>
    /// The rows of the window that fit, as many as are wanted, then where the window ends, should they be too few. PostgreSQL walks no further
    /// than it must: nothing here sorts, so it stops when the page is full.
    /// </summary>
    private void Compose(ComposedSql command, IReadOnlyList<string> arms, int most)
    {
        var after = command.Place(query.After);
        var size = command.Place(most);
        var limit = command.Place(query.Limit);
        var fits = new ConditionSql(command, source.ColumnOf).Of(query.Condition);
        command
            .Append("with page as materialized (select r.seq, r.content, r.original, r.content_sum, r.pos from (")
            .Append($"select r.*, {BytesBefore} as before from (")
            .Append($"select r.*, row_number() over () as pos from ({Window(arms, "r.*", after, size)}) r) r")
            .Append($" where {fits} limit {limit}) r where coalesce(r.before, 0) < {command.Place(query.MaxBytes)})")
            .Append(" select seq, content, original, content_sum, pos from page")
            .Append($" union all (select max(r.seq), null, null, null, count(*) from ({Window(arms, "r.seq", after, size)}) r")
            .Append($" where (select count(*) from page) < {limit})");
    }

    private string Window(IReadOnlyList<string> arms, string columns, string after, string size)
    {
        var parts = arms.Select(arm => $"(select {columns} from {source.Table} r where {arm} and r.seq > {after} order by r.seq limit {size})");
        return arms.Count == 1 ? parts.First() : $"select * from ({string.Join(" union all ", parts)}) r order by r.seq limit {size}";
    }

    private async Task TakeAsync(ComposedSql command, int most)
    {
        // The last row tells of the window; there is always one.
        var rows = await command.On(session).AllAsync(static row => row.IsNull(1)
            ? new ScannedRow(row.NumberOrNull(0), null, row.Number(4))
            : new ScannedRow(row.Number(0), row.Message(1), row.Number(4)));
        foreach (var found in rows)
        {
            if (found.Message is not { } message)
                continue;
            Add(found.Sequence!.Value, message);
            rowsExamined = (int)found.Place;
        }

        var window = rows[^1];
        if (IsFull)
            return;
        rowsExamined = (int)window.Place;
        cursor = window.Sequence ?? cursor;
        isLast = window.Place < most;
    }

    private async Task RangeAsync()
    {
        var rows = await ComposeRange().On(session).AllAsync(static row => new ScannedRow(row.Number(0), row.Message(1), 0));
        foreach (var found in rows)
            Add(found.Sequence!.Value, found.Message!);
        rowsExamined += rows.Count;
        isLast = !IsFull;
    }

    /// <summary>The command that reads what is left of the page out of the range that the condition tells.</summary>
    internal ComposedSql ComposeRange()
    {
        var command = new ComposedSql();
        var range = ListRange.Of(query.Condition, source, command);
        var fits = new ConditionSql(command, source.ColumnOf).Of(query.Condition);
        // "+ 0" keeps the planner from walking in order of sequence, which has just found little.
        return command
            .Append("select r.seq, r.content, r.original, r.content_sum from (")
            .Append($"select r.*, {BytesBefore} as before from (")
            .Append($"select r.* from {source.Table} r where {range} and r.seq > {command.Place(cursor)} and {fits}")
            .Append($" order by r.seq + 0 limit {command.Place(query.Limit - items.Count)}) r) r")
            .Append($" where coalesce(r.before, 0) < {command.Place(query.MaxBytes - bytes)} order by r.seq");
    }

    private void Add(long sequence, StoredMessage message)
    {
        items.Add(new StoredItem(sequence, message));
        bytes += message.Content.Length + (message.Original?.Length ?? 0);
        cursor = sequence;
    }

    private sealed record ScannedRow(long? Sequence, StoredMessage? Message, long Place);
}
