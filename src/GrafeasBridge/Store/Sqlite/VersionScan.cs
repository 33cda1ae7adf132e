namespace GrafeasBridge.Store.Sqlite;

/// <summary>Reads one part of the versions that fulfil a condition.</summary>
internal static class VersionScan
{
    public static ListPart<VersionRow> Read(
        SqliteDatabase database,
        VersionFilter filter,
        IReadOnlyList<string> configured,
        ListQuery query,
        CancellationToken cancellationToken)
    {
        var proposal = VersionProposal.Of(filter, configured, query.Condition);
        var part = new VersionPart(query);
        while (!part.Take(VersionSearch.List(database, proposal, part.Cursor, part.NextSize)))
            cancellationToken.ThrowIfCancellationRequested();
        return part.Result;
    }
}
