using System.Runtime.CompilerServices;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Versions, delivered.</summary>
internal sealed partial class PostgresStore
{
    public Task<Claim> ClaimAsync(string target, ClaimTerms terms, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<ClaimedVersion?> ClaimSuspectAsync(string target, TimeSpan lease, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<bool> RecordIntentAsync(ClaimedVersion version, IReadOnlyList<string> owned, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<SettleResult> SettleAsync(ClaimedVersion version, Settlement settlement, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task ReleaseAsync(IReadOnlyList<ClaimedVersion> versions, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<VersionRow> RedeliverAsync(string target, VersionCoordinates version, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<int> RedeliverAsync(IReadOnlyList<VersionRow> versions, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<RestingVersion>> ListToCheckAsync(string target, TimeSpan longest, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<bool> RecordCheckAsync(RestingVersion version, CheckResult result, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<string?> FindLearnedAsync(string target, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task KeepLearnedAsync(string target, string learned, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<DateTimeOffset?> NextDueAsync(string target, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task WaitForDirtyAsync(string target, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<Backlog> BacklogAsync(string target, CancellationToken cancellationToken) => throw new NotImplementedException();
}
