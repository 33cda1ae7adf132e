using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>Versions, asked for and delivered, and the house.</summary>
internal sealed partial class SqliteStore
{
    private const int SecretBytes = 32;

    private static readonly Sql FindSecret = new("select value from secrets where name = ?");
    private static readonly Sql AddSecret = new("insert into secrets (name, value) values (?, ?)");

    private static readonly Sql ProveWrite = new(
        "insert into writes_proved (key, at) values (1, ?) on conflict do update set at = excluded.at");

    public Task<VersionRow?> FindVersionAsync(string target, VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(database => VersionRows.Find(database, target, version), cancellationToken);

    public Task<DeliveredVersion?> FindDeliveredAsync(string target, VersionCoordinates version, CancellationToken cancellationToken) =>
        ReadAsync(database => Deliveries.Delivered(database, target, version), cancellationToken);

    public Task<IReadOnlyList<VersionRow>> ListVersionsAsync(
        VersionFilter filter, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(database => VersionSearch.List(database, filter, targetNames, after, limit), cancellationToken);

    public Task<ListPart<VersionRow>> ListVersionsAsync(VersionFilter filter, ListQuery query, CancellationToken cancellationToken) =>
        ReadAsync(database => VersionScan.Read(database, filter, targetNames, query, cancellationToken), cancellationToken);

    public Task<(IReadOnlyList<VersionRow> Versions, string? UnmappedReason)?> FindOccurrenceVersionsAsync(
        string project, string id, CancellationToken cancellationToken) =>
        ReadAsync(
            database => database.InSnapshot(() => VersionRows.OfAnOccurrence(database, project, id, TargetsJson())), cancellationToken);

    public Task<IReadOnlyList<VersionCoordinates>> FindVersionsOfDigestAsync(
        PackageCoordinates? package, string digest, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<VersionCoordinates>>(
            database => VersionRows.OfADigest(database, package, digest), cancellationToken);

    /// <remarks>In parts, each a read of its own: a slow reader must not hold the log open. A change in between marks the version.</remarks>
    public async IAsyncEnumerable<byte[]> ReadOccurrencesOfAsync(
        VersionCoordinates version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        OccurrencePlace? place = null;
        do
        {
            var after = place;
            var (contents, next) = await ReadAsync(
                database => OccurrenceQueries.OfVersion(database, version, after), cancellationToken);
            foreach (var content in contents)
                yield return content;
            place = next;
        }
        while (place is not null);
    }

    public async Task EnsureTargetsAsync(IReadOnlyList<string> targets, CancellationToken cancellationToken)
    {
        var remaining = JsonSerializer.Serialize(targets);
        await WriteAsync(session => TargetRows.Retire(session, remaining), cancellationToken);
        foreach (var name in targets)
        {
            var target = await WriteAsync(session => TargetRows.Keys(session.Database, [name])[0], cancellationToken);
            if (!await ReadAsync(database => TargetRows.NeedsVersions(database, target), cancellationToken))
                continue;
            // In parts, so that other writers are not kept waiting.
            for (long? after = 0; after is { } last;)
                after = await WriteAsync(session => TargetRows.MarkNext(session, target, last), cancellationToken, items: TargetRows.Chunk);
        }
    }

    public Task<Claim> ClaimAsync(string target, ClaimTerms terms, CancellationToken cancellationToken) =>
        WriteAsync(session => Claims.Take(session, target, terms), cancellationToken);

    public Task<ClaimedVersion?> ClaimPoisonCandidateAsync(string target, TimeSpan lease, CancellationToken cancellationToken) =>
        WriteAsync(session => Claims.TakeSuspect(session, target, lease), cancellationToken);

    public Task<bool> RecordIntentAsync(ClaimedVersion version, IReadOnlyList<string> owned, CancellationToken cancellationToken) =>
        WriteAsync(session => Deliveries.RecordIntent(session, version, owned), cancellationToken);

    public Task<SettleResult> SettleAsync(ClaimedVersion version, Settlement settlement, CancellationToken cancellationToken)
    {
        Settlement.ThrowIfContradictory(settlement);
        return WriteAsync(session => Deliveries.Settle(session, version, settlement), cancellationToken);
    }

    public Task ReleaseAsync(IReadOnlyList<ClaimedVersion> versions, CancellationToken cancellationToken) =>
        WriteAsync(session => Deliveries.Release(session, versions), cancellationToken);

    public Task<VersionRow> RedeliverAsync(string target, VersionCoordinates version, CancellationToken cancellationToken) =>
        WriteAsync(session => Deliveries.Redeliver(session, target, version), cancellationToken);

    public Task<int> RedeliverAsync(IReadOnlyList<VersionRow> versions, CancellationToken cancellationToken) =>
        WriteAsync(session => Deliveries.Redeliver(session, versions), cancellationToken, items: versions.Count);

    public Task<IReadOnlyList<RestingVersion>> ListToCheckAsync(
        string target, TimeSpan longest, int limit, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<RestingVersion>>(
            database => Checks.List(database, target, clock.GetUtcNow(), longest, limit), cancellationToken);

    public Task<bool> RecordCheckAsync(RestingVersion version, CheckResult result, CancellationToken cancellationToken)
    {
        CheckResult.ThrowIfContradictory(result);
        return WriteAsync(session => Checks.Record(session, version, result), cancellationToken);
    }

    public Task<string?> FindLearnedAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(database => TargetRows.Learned(database, target), cancellationToken);

    public Task KeepLearnedAsync(string target, string learned, CancellationToken cancellationToken) =>
        WriteAsync(session => TargetRows.Learn(session, target, learned), cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(database => Claims.NextDueOf(database, target), cancellationToken);

    public Task WaitForDirtyAsync(string target, CancellationToken cancellationToken) =>
        signals.TryGetValue(target, out var signal)
            ? signal.WaitAsync(cancellationToken)
            : throw new ArgumentException($"Target {target} is not configured.", nameof(target));

    public Task<Backlog> BacklogAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(database => database.InSnapshot(() => Claims.BacklogOf(database, target)), cancellationToken);

    public Task CheckWritableAsync(CancellationToken cancellationToken) =>
        WriteAsync(session => session.Use(ProveWrite).Add(session.Now).Run(), cancellationToken);

    public Task<byte[]> SharedSecretAsync(string name, CancellationToken cancellationToken) =>
        WriteAsync(
            session =>
            {
                if (session.Use(FindSecret).Add(name).RunForBytes() is { } secret)
                    return secret;
                secret = RandomNumberGenerator.GetBytes(SecretBytes);
                session.Use(AddSecret).Add(name).Add(secret).Run();
                return secret;
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredKey>> ListSigningKeysAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<StoredKey>>(SigningKeyRows.List, cancellationToken);

    public Task<IReadOnlyList<StoredKey>> AddSigningKeyAsync(StoredKey key, string? after, CancellationToken cancellationToken) =>
        WriteAsync<IReadOnlyList<StoredKey>>(session => SigningKeyRows.Add(session, key, after), cancellationToken);

    private string TargetsJson() => JsonSerializer.Serialize(targetNames);
}
