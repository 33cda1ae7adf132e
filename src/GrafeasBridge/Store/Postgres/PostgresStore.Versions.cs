using System.Runtime.CompilerServices;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Versions, asked for.</summary>
internal sealed partial class PostgresStore
{
    public Task<VersionRow?> FindVersionAsync(string target, VersionCoordinates version, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<DeliveredVersion?> FindDeliveredAsync(string target, VersionCoordinates version, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<VersionRow>> ListVersionsAsync(VersionFilter filter, long after, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<ListPart<VersionRow>> ListVersionsAsync(VersionFilter filter, ListQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<(IReadOnlyList<VersionRow> Versions, string? UnmappedReason)?> FindOccurrenceVersionsAsync(
        string project, string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<VersionCoordinates>> FindVersionsOfDigestAsync(
        PackageCoordinates? package, string digest, CancellationToken cancellationToken) => throw new NotImplementedException();
}
