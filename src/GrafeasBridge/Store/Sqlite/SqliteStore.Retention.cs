using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>What is past retention.</summary>
internal sealed partial class SqliteStore
{
    public Task<FoldedHistory?> FindFoldedAsync(VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(database => FoldedVersions.Find(database, version), cancellationToken);

    public Task<long> CountFoldedAsync(VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(database => FoldedVersions.Count(database, version), cancellationToken);

    public Task<AgedPart> ReadAgedAsync(AgedQuery query, CancellationToken cancellationToken) =>
        ReadAsync(database => database.InSnapshot(() => new AgedOccurrences(database, query, targetNames).Read()), cancellationToken);

    public Task<bool> RetireAsync(AgedPart part, IReadOnlyList<byte[]> states, CancellationToken cancellationToken)
    {
        if (states.Count != part.Versions.Count)
            throw new ArgumentException($"There are {states.Count} states for {part.Versions.Count} versions.", nameof(states));
        // More than one item, so that it runs in a savepoint.
        return WriteAsync(
            session => FoldedVersions.Retire(session, part, states),
            cancellationToken,
            items: part.Occurrences.Count + 1,
            bytes: states.Sum(state => (long)state.Length));
    }

    public Task<int> ForgetRetiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Use(FoldedVersions.Forget).Add(before).Add(limit).Run(), cancellationToken, items: limit);
}
