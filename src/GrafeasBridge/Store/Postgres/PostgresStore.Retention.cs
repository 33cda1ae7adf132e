using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>What is past retention.</summary>
internal sealed partial class PostgresStore
{
    public Task<CompactedHistory?> FindCompactedAsync(VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(session => CompactedVersions.FindAsync(session, version), cancellationToken);

    public Task<long> CountCompactedAsync(VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(session => CompactedVersions.CountAsync(session, version), cancellationToken);

    public Task<ExpiredPart> ReadExpiredAsync(ExpiredQuery query, CancellationToken cancellationToken) =>
        ReadInSnapshotAsync(session => new ExpiredOccurrences(session, query).ReadAsync(), cancellationToken);

    public Task<bool> CompactAsync(ExpiredPart part, IReadOnlyList<byte[]> states, CancellationToken cancellationToken)
    {
        ThrowIfNotOneEach(states, part);
        return WriteAsync(session => Compaction.CompactAsync(session, part, states), cancellationToken);
    }

    public Task<int> ForgetCompactedAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Use(CompactedVersions.Forget).Add(time.ToDatabase(before)).Add(limit).RunAsync(), cancellationToken);
}
