using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Versions, asked for.</summary>
internal sealed partial class PostgresStore
{
    public Task<VersionRow?> FindVersionAsync(string target, VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(session => VersionRows.FindAsync(session, target, version), cancellationToken);

    public Task<DeliveredVersion?> FindDeliveredAsync(string target, VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(session => Deliveries.DeliveredAsync(session, target, version), cancellationToken);

    public Task<IReadOnlyList<VersionRow>> ListVersionsAsync(VersionFilter filter, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => VersionSearch.ListAsync(session, filter, after, limit), cancellationToken);

    public Task<ListPart<VersionRow>> ListVersionsAsync(VersionFilter filter, ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(session => VersionScan.ReadAsync(session, filter, query), cancellationToken);

    public Task<(IReadOnlyList<VersionRow> Versions, string? UnmappedReason)?> FindOccurrenceVersionsAsync(
        string project, string id, CancellationToken cancellationToken) =>
        ReadInSnapshotAsync(session => VersionRows.OfOccurrenceAsync(session, project, id), cancellationToken);

    public Task<IReadOnlyList<VersionCoordinates>> FindVersionsOfDigestAsync(
        PackageCoordinates? package, string digest, CancellationToken cancellationToken) =>
        ReadAsync(session => VersionRows.OfDigestAsync(session, package, digest), cancellationToken);
}
