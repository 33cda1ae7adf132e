using System.Runtime.CompilerServices;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>What is past retention.</summary>
internal sealed partial class PostgresStore
{
    public Task<FoldedHistory?> FindFoldedAsync(VersionCoordinates version, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<long> CountFoldedAsync(VersionCoordinates version, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<AgedPart> ReadAgedAsync(AgedQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<bool> RetireAsync(AgedPart part, IReadOnlyList<byte[]> states, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<int> ForgetRetiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();
}
