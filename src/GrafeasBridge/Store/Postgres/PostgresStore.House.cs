using System.Runtime.CompilerServices;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>The house.</summary>
internal sealed partial class PostgresStore
{
    public Task CheckWritableAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<byte[]> SharedSecretAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<StoredKey>> ListSigningKeysAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<StoredKey>> AddSigningKeyAsync(StoredKey key, string? after, CancellationToken cancellationToken) => throw new NotImplementedException();
}
