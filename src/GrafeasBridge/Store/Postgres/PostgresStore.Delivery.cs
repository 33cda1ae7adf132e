using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Versions, delivered.</summary>
internal sealed partial class PostgresStore
{
    /// <summary>Longest wait without a notification: one of another bridge may be lost.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public Task<ClaimResult> ClaimAsync(string target, ClaimTerms terms, CancellationToken cancellationToken) =>
        WriteAsync(session => DueVersions.TakeAsync(session, target, terms), cancellationToken);

    public Task<ClaimedVersion?> ClaimPoisonCandidateAsync(string target, TimeSpan lease, CancellationToken cancellationToken) =>
        WriteAsync(session => DueVersions.TakePoisonCandidateAsync(session, target, lease), cancellationToken);

    public Task<bool> RecordIntentAsync(ClaimedVersion version, IReadOnlyList<string> managedNames, CancellationToken cancellationToken) =>
        WriteAsync(session => Deliveries.RecordIntentAsync(session, version, managedNames), cancellationToken);

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

    public Task<IReadOnlyList<SettledVersion>> ListToCheckAsync(string target, TimeSpan longest, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => Checks.ListAsync(session, target, longest, limit), cancellationToken);

    public Task<bool> RecordCheckAsync(SettledVersion version, CheckResult result, CancellationToken cancellationToken)
    {
        CheckResult.ThrowIfContradictory(result);
        return WriteAsync(session => Checks.RecordAsync(session, version, result), cancellationToken);
    }

    public Task<string?> FindLearnedAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(session => LearnedRows.FindAsync(session, target), cancellationToken);

    public Task KeepLearnedAsync(string target, string learned, CancellationToken cancellationToken) =>
        WriteAsync(session => LearnedRows.KeepAsync(session, target, learned), cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(session => DueVersions.NextDueAsync(session, target), cancellationToken);

    public Task<Backlog> BacklogAsync(string target, CancellationToken cancellationToken) =>
        ReadAsync(session => DueVersions.BacklogAsync(session, target), cancellationToken);

    protected override async Task WaitAsync(DirtySignal signal, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wake = signal.WaitAsync(over.Token);
        if (!wake.IsCompleted)
            await Task.WhenAny(wake, Task.Delay(LongestWait, Clock, over.Token));
        await over.CancelAsync();
        // A signal that comes at the very end is kept for the next wait.
        await wake.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!wake.IsCompletedSuccessfully)
            cancellationToken.ThrowIfCancellationRequested();
    }
}
