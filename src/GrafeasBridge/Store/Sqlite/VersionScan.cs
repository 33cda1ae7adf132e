namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Reads one part of the versions that fulfil a condition. Indexes propose rows, the condition decides, and a part ends
/// after a number of rows looked at, so that no read lasts.
/// </summary>
internal static class VersionScan
{
    private const int MaxLooks = 8192;
    private const int MaxChunk = 1000;

    public static ListPart<VersionRow> Read(
        SqliteDatabase database,
        VersionFilter filter,
        IReadOnlyList<string> configured,
        ListQuery query,
        CancellationToken cancellationToken)
    {
        var proposal = VersionProposal.Of(filter, configured, query.Condition);
        var most = Math.Clamp(query.MaxLooks, 1, MaxLooks);
        var items = new List<VersionRow>();
        var through = query.After;
        var looked = 0;
        // Where most rows do, the first chunk is the page; where few do, larger ones are cheaper.
        for (var chunk = Math.Clamp(query.Limit, 1, MaxChunk); ; chunk = Math.Min(chunk * 2, MaxChunk))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var asked = Math.Min(chunk, most - looked);
            var rows = VersionSearch.List(database, proposal, through, asked);
            for (var i = 0; i < rows.Count; i++)
            {
                looked++;
                through = rows[i].Sequence;
                if (!VersionTest.Holds(query.Condition, rows[i]))
                    continue;
                items.Add(rows[i]);
                if (items.Count >= query.Limit)
                    return new ListPart<VersionRow>(items, through, IsLast: i == rows.Count - 1 && rows.Count < asked, looked);
            }

            if (rows.Count < asked || looked >= most)
                return new ListPart<VersionRow>(items, through, IsLast: rows.Count < asked, looked);
        }
    }
}
