using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using GrafeasBridge.Store;

namespace GrafeasBridge.Lab.Host;

/// <summary>The store with one planted bug. Verbs that the bug does not touch go straight through.</summary>
internal class MutantStore : DispatchProxy
{
    /// <summary>How long the hurried store leaves the answered create uncommitted: a crash finds it there.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(150);

    private readonly ConcurrentDictionary<long, string> leases = new();
    private IBridgeStore store = null!;
    private Mutant mutant;
    private long madeUp;

    public static IBridgeStore Around(IBridgeStore store, Mutant mutant)
    {
        if (mutant is Mutant.None or Mutant.IgnoreReadBack)
            return store;
        var proxy = Create<IBridgeStore, MutantStore>();
        var broken = (MutantStore)(object)proxy;
        (broken.store, broken.mutant) = (store, mutant);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => (mutant, targetMethod!.Name, args) switch
    {
        (Mutant.AckBeforeCommit, nameof(IBridgeStore.AddOccurrencesAsync), [IReadOnlyList<NewOccurrence> added, NewUpload or null, CancellationToken]) =>
            AcknowledgeAsync(added, (NewUpload?)args[1]),
        (Mutant.DropRequestIds, nameof(IBridgeStore.AddOccurrencesAsync), [IReadOnlyList<NewOccurrence> added, NewUpload or null, CancellationToken stop]) =>
            store.AddOccurrencesAsync([.. added.Select(one => one with { RequestId = null })], (NewUpload?)args[1], stop),
        (Mutant.SettleWrongRevision, nameof(IBridgeStore.SettleAsync), [ClaimedVersion version, Settlement settlement, CancellationToken stop]) =>
            SettleNewestAsync(version, settlement, stop),
        (Mutant.DropLeaseCheck, nameof(IBridgeStore.ClaimAsync), [string target, ClaimTerms terms, CancellationToken stop]) =>
            ClaimAsync(target, terms, stop),
        (Mutant.DropLeaseCheck, nameof(IBridgeStore.ClaimPoisonCandidateAsync), [string target, TimeSpan lease, CancellationToken stop]) =>
            ClaimPoisonCandidateAsync(target, lease, stop),
        (Mutant.DropLeaseCheck, nameof(IBridgeStore.SettleAsync), [ClaimedVersion version, Settlement settlement, CancellationToken stop]) =>
            IsHeld(version) ? store.SettleAsync(version, settlement, stop) : Task.FromResult(SettleResult.Settled),
        (Mutant.DropLeaseCheck, nameof(IBridgeStore.RecordIntentAsync), [ClaimedVersion version, IReadOnlyList<string> owned, CancellationToken stop]) =>
            IsHeld(version) ? store.RecordIntentAsync(version, owned, stop) : Task.FromResult(true),
        (Mutant.ForgetIntent, nameof(IBridgeStore.RecordIntentAsync), _) => Task.FromResult(true),
        _ => targetMethod.Invoke(store, BindingFlags.DoNotWrapExceptions, null, args, CultureInfo.InvariantCulture),
    };

    private Task<IReadOnlyList<AddedOccurrence>> AcknowledgeAsync(IReadOnlyList<NewOccurrence> added, NewUpload? upload)
    {
        _ = CommitLaterAsync(added, upload);
        IReadOnlyList<AddedOccurrence> answers =
        [
            .. added.Select(one => new AddedOccurrence(
                new StoredMessage(one.Content, one.Original),
                Repeated: false,
                UnmappedReason: null,
                new Creation(one.Name, Interlocked.Increment(ref madeUp), one.CreateTime, SHA256.HashData(one.Content)))),
        ];
        return Task.FromResult(answers);
    }

    private async Task CommitLaterAsync(IReadOnlyList<NewOccurrence> added, NewUpload? upload)
    {
        await Task.Delay(Late, TimeProvider.System, CancellationToken.None);
        await store.AddOccurrencesAsync(added, upload, CancellationToken.None);
    }

    private async Task<SettleResult> SettleNewestAsync(ClaimedVersion version, Settlement settlement, CancellationToken stop)
    {
        var row = await store.FindVersionAsync(version.Target, version.Coordinates, stop);
        return await store.SettleAsync(row is null ? version : version with { Revision = row.Revision }, settlement, stop);
    }

    private async Task<Claim> ClaimAsync(string target, ClaimTerms terms, CancellationToken stop)
    {
        var claim = await store.ClaimAsync(target, terms, stop);
        foreach (var version in claim.Versions)
            leases[version.Id] = version.Lease;
        return claim;
    }

    private async Task<ClaimedVersion?> ClaimPoisonCandidateAsync(string target, TimeSpan lease, CancellationToken stop)
    {
        var candidate = await store.ClaimPoisonCandidateAsync(target, lease, stop);
        if (candidate is not null)
            leases[candidate.Id] = candidate.Lease;
        return candidate;
    }

    /// <summary>All claims of this process came by here, and no other process has the file.</summary>
    private bool IsHeld(ClaimedVersion version) => leases.TryGetValue(version.Id, out var lease) && lease == version.Lease;
}
