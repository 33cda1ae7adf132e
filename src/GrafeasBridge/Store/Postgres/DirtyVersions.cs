namespace GrafeasBridge.Store.Postgres;

/// <summary>Versions whose wanted state one transaction changes: each is marked once, however many of its occurrences changed.</summary>
internal sealed class DirtyVersions
{
    private readonly Dictionary<long, string?> traces = [];

    public void Add(long coordinate, string? traceParent) => traces[coordinate] = traceParent;

    /// <summary>Adds the commands that mark them at every target.</summary>
    public void AddTo(PostgresBatch batch, PostgresSession session)
    {
        if (traces.Count == 0)
            return;
        long[] coordinates = [.. traces.Keys];
        string?[] parents = [.. traces.Values];
        VersionTable.AddTo(batch, session, coordinates, parents);
    }
}
