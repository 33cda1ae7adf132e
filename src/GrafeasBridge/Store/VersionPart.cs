namespace GrafeasBridge.Store;

/// <summary>
/// Collects one part of the versions that fulfil a condition. Indexes propose rows, the condition decides, and a part ends
/// after a number of rows examined, so that no read lasts.
/// </summary>
internal sealed class VersionPart(ListQuery query)
{
    private const int MaxRowsExamined = 8192;
    private const int MaxChunk = 1000;

    private readonly List<VersionRow> items = [];
    private readonly int budget = Math.Clamp(query.ScanBudget, 1, MaxRowsExamined);

    // Where most rows do, the first chunk is the page; where few do, larger ones are cheaper.
    private int chunk = Math.Clamp(query.Limit, 1, MaxChunk);
    private int rowsExamined;
    private bool isLast;

    /// <summary>Sequence after which rows are wanted.</summary>
    public long Cursor { get; private set; } = query.After;

    /// <summary>How many are wanted.</summary>
    public int NextSize => Math.Min(chunk, budget - rowsExamined);

    public ListPart<VersionRow> Result => new(items, Cursor, isLast, rowsExamined);

    /// <param name="rows">The next of them in order of sequence; fewer than asked for when there are no more.</param>
    /// <returns>True when the part is done.</returns>
    public bool Take(IReadOnlyList<VersionRow> rows)
    {
        var wereAll = rows.Count < NextSize;
        for (var i = 0; i < rows.Count; i++)
        {
            rowsExamined++;
            Cursor = rows[i].Sequence;
            if (!VersionTest.Holds(query.Condition, rows[i]))
                continue;
            items.Add(rows[i]);
            if (items.Count < query.Limit)
                continue;
            isLast = wereAll && i == rows.Count - 1;
            return true;
        }

        chunk = Math.Min(chunk * 2, MaxChunk);
        isLast = wereAll;
        return wereAll || rowsExamined >= budget;
    }
}
