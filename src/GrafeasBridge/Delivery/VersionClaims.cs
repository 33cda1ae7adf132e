using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>A claimed version, and its place beside others until it is disposed of.</summary>
internal sealed record InFlightVersion(ClaimedVersion Version, IDisposable Place) : IDisposable
{
    public void Dispose() => Place.Dispose();
}

/// <summary>Claims versions of one target: poison candidates first and each alone, the others in their order.</summary>
internal sealed class VersionClaims(string target, IBridgeStore store, PoisonIsolation isolation, TimeSpan lease)
{
    private readonly ClaimOrder order = new(lease);
    private bool asked;

    /// <summary>True when versions wait to be tried alone.</summary>
    public bool PoisonCandidatesWait { get; private set; }

    /// <summary>Completes when a version that is tried alone, at any target, no longer keeps others out.</summary>
    public Task Open => isolation.IsClosed ? isolation.Freed : Task.CompletedTask;

    public async Task<IReadOnlyList<InFlightVersion>> TakeAsync(int most, CancellationToken cancellationToken)
    {
        if (most == 0 || isolation.IsClosed)
            return [];
        if (!asked)
        {
            // Before anything is in flight: what was so when an earlier process ended is known now.
            PoisonCandidatesWait = (await store.ClaimAsync(target, new ClaimTerms(0, 0, lease), cancellationToken)).PoisonCandidatesWait;
            asked = true;
        }

        if (PoisonCandidatesWait && await TakeCandidateAsync(cancellationToken) is { } first)
            return [first];
        var ordinary = await TakeOrdinaryAsync(most, cancellationToken);
        return ordinary.Count == 0 && PoisonCandidatesWait && await TakeCandidateAsync(cancellationToken) is { } candidate ? [candidate] : ordinary;
    }

    private async Task<InFlightVersion?> TakeCandidateAsync(CancellationToken cancellationToken)
    {
        if (isolation.TryEnterAlone() is not { } place)
            return null;
        ClaimedVersion? candidate = null;
        try
        {
            candidate = await store.ClaimPoisonCandidateAsync(target, lease, cancellationToken);
            return candidate is null ? null : new InFlightVersion(candidate, place);
        }
        finally
        {
            if (candidate is null)
                place.Dispose();
        }
    }

    private async Task<IReadOnlyList<InFlightVersion>> TakeOrdinaryAsync(int most, CancellationToken cancellationToken)
    {
        // Their places first: no candidate may be let in alone while they are being claimed.
        Stack<IDisposable> places = new(Enumerable.Range(0, most).Select(_ => isolation.Enter()));
        try
        {
            var claim = await store.ClaimAsync(target, order.Next(most), cancellationToken);
            PoisonCandidatesWait = claim.PoisonCandidatesWait;
            return [.. claim.Versions.Select(version => new InFlightVersion(version, places.Pop()))];
        }
        finally
        {
            foreach (var unused in places)
                unused.Dispose();
        }
    }
}
