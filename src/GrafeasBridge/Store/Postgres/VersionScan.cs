namespace GrafeasBridge.Store.Postgres;

/// <summary>Reads one part of the versions that fulfil a condition.</summary>
internal static class VersionScan
{
    public static async Task<ListPart<VersionRow>> ReadAsync(PostgresSession session, VersionFilter filter, ListQuery query)
    {
        var proposal = VersionProposal.Of(filter, session.Targets, query.Condition);
        var part = new VersionPart(query);
        while (!part.Take(await VersionSearch.ListAsync(session, proposal, part.Cursor, part.NextSize)))
            session.Cancelled.ThrowIfCancellationRequested();
        return part.Result;
    }
}
