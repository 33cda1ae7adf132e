namespace GrafeasBridge.Store;

/// <summary>
/// Gathers one part of the versions that fulfil a condition. Indexes propose rows, the condition decides, and a part ends
/// after a number of rows looked at, so that no read lasts.
/// </summary>
internal sealed class VersionPart(ListQuery query)
{
    private const int MaxLooks = 8192;
    private const int MaxChunk = 1000;

    private readonly List<VersionRow> items = [];
    private readonly int most = Math.Clamp(query.MaxLooks, 1, MaxLooks);

    // Where most rows do, the first chunk is the page; where few do, larger ones are cheaper.
    private int chunk = Math.Clamp(query.Limit, 1, MaxChunk);
    private int looked;
    private bool isLast;

    /// <summary>Sequence after which rows are wanted.</summary>
    public long Through { get; private set; } = query.After;

    /// <summary>How many are wanted.</summary>
    public int Asked => Math.Min(chunk, most - looked);

    public ListPart<VersionRow> Result => new(items, Through, isLast, looked);

    /// <param name="rows">The next of them in order of sequence; fewer than asked for when there are no more.</param>
    /// <returns>True when the part is done.</returns>
    public bool Take(IReadOnlyList<VersionRow> rows)
    {
        var wereAll = rows.Count < Asked;
        for (var i = 0; i < rows.Count; i++)
        {
            looked++;
            Through = rows[i].Sequence;
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
        return wereAll || looked >= most;
    }
}
