using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>What is past retention.</summary>
internal sealed partial class PostgresStore
{
    public Task<FoldedHistory?> FindFoldedAsync(VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(session => FoldedVersions.FindAsync(session, version), cancellationToken);

    public Task<long> CountFoldedAsync(VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(session => FoldedVersions.CountAsync(session, version), cancellationToken);

    public Task<AgedPart> ReadAgedAsync(AgedQuery query, CancellationToken cancellationToken) =>
        ReadInSnapshotAsync(session => new AgedOccurrences(session, query).ReadAsync(), cancellationToken);

    public Task<bool> RetireAsync(AgedPart part, IReadOnlyList<byte[]> states, CancellationToken cancellationToken)
    {
        if (states.Count != part.Versions.Count)
            throw new ArgumentException($"There are {states.Count} states for {part.Versions.Count} versions.", nameof(states));
        return WriteAsync(session => Retirements.RetireAsync(session, part, states), cancellationToken);
    }

    public Task<int> ForgetRetiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Use(FoldedVersions.Forget).Add(time.ToDatabase(before)).Add(limit).RunAsync(), cancellationToken);
}
