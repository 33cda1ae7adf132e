using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>What is past retention.</summary>
internal sealed partial class SqliteStore
{
    public Task<CompactedHistory?> FindCompactedAsync(VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(database => CompactedVersions.Find(database, version), cancellationToken);

    public Task<long> CountCompactedAsync(VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(database => CompactedVersions.Count(database, version), cancellationToken);

    public Task<ExpiredPart> ReadExpiredAsync(ExpiredQuery query, CancellationToken cancellationToken) =>
        ReadAsync(database => database.InSnapshot(() => new ExpiredOccurrences(database, query, TargetNames).Read()), cancellationToken);

    public Task<bool> CompactAsync(ExpiredPart part, IReadOnlyList<byte[]> states, CancellationToken cancellationToken)
    {
        ThrowIfNotOneEach(states, part);
        // More than one item, so that it runs in a savepoint.
        return WriteAsync(
            session => CompactedVersions.Compact(session, part, states),
            cancellationToken,
            items: part.Occurrences.Count + 1,
            bytes: states.Sum(state => (long)state.Length));
    }

    public Task<int> ForgetCompactedAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Use(CompactedVersions.Forget).Add(before).Add(limit).Run(), cancellationToken, items: limit);
}
