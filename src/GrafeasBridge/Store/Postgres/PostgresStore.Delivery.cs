using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Versions, delivered.</summary>
internal sealed partial class PostgresStore
{
    /// <summary>How long a wait lasts when nobody calls: what other bridges tell may be lost on the way.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public Task<Claim> ClaimAsync(string target, ClaimTerms terms, CancellationToken cancellationToken) =>
        WriteAsync(session => Claims.TakeAsync(session, target, terms), cancellationToken);

    public Task<ClaimedVersion?> ClaimPoisonCandidateAsync(string target, TimeSpan lease, CancellationToken cancellationToken) =>
        WriteAsync(session => Claims.TakeSuspectAsync(session, target, lease), cancellationToken);

    public Task<bool> RecordIntentAsync(ClaimedVersion version, IReadOnlyList<string> owned, CancellationToken cancellationToken) =>
        WriteAsync(session => Deliveries.RecordIntentAsync(session, version, owned), cancellationToken);

    public Task<SettleResult> SettleAsync(ClaimedVersion version, Settlement settlement, CancellationToken cancellationToken)
    {
        Settlement.ThrowIfContradictory(settlement);
        return WriteAsync(session => Deliveries.SettleAsync(session, version, settlement), cancellationToken);
    }

    public Task ReleaseAsync(IReadOnlyList<ClaimedVersion> versions, CancellationToken cancellationToken) =>
        WriteAsync(session => Deliveries.ReleaseAsync(session, versions), cancellationToken);

    public Task<VersionRow> RedeliverAsync(string target, VersionCoordinates version, CancellationToken cancellationToken) =>
        WriteAsync(session => Deliveries.RedeliverAsync(session, target, version), cancellationToken);

    public Task<int> RedeliverAsync(IReadOnlyList<VersionRow> versions, CancellationToken cancellationToken) =>
        WriteAsync(session => Deliveries.RedeliverAsync(session, versions), cancellationToken);

    public Task<IReadOnlyList<RestingVersion>> ListToCheckAsync(string target, TimeSpan longest, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => Checks.ListAsync(session, target, longest, limit), cancellationToken);

    public Task<bool> RecordCheckAsync(RestingVersion version, CheckResult result, CancellationToken cancellationToken)
    {
        CheckResult.ThrowIfContradictory(result);
        return WriteAsync(session => Checks.RecordAsync(session, version, result), cancellationToken);
    }

    public Task<string?> FindLearnedAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(session => LearnedRows.FindAsync(session, target), cancellationToken);

    public Task KeepLearnedAsync(string target, string learned, CancellationToken cancellationToken) =>
        WriteAsync(session => LearnedRows.KeepAsync(session, target, learned), cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(session => Claims.NextDueAsync(session, target), cancellationToken);

    public Task WaitForDirtyAsync(string target, CancellationToken cancellationToken) =>
        signals.TryGetValue(target, out var signal)
            ? WaitAsync(signal, cancellationToken)
            : throw new ArgumentException($"Target {target} is not configured.", nameof(target));

    public Task<Backlog> BacklogAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(session => Claims.BacklogAsync(session, target), cancellationToken);

    private async Task WaitAsync(DirtySignal signal, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var call = signal.WaitAsync(over.Token);
        if (!call.IsCompleted)
            await Task.WhenAny(call, Task.Delay(LongestWait, clock, over.Token));
        await over.CancelAsync();
        // A call that comes at the very end is kept for the next wait.
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!call.IsCompletedSuccessfully)
            cancellationToken.ThrowIfCancellationRequested();
    }
}
