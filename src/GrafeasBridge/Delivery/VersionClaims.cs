using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>A version in hand, and its place beside others until it is disposed of.</summary>
internal sealed record HeldVersion(ClaimedVersion Version, IDisposable Place) : IDisposable
{
    public void Dispose() => Place.Dispose();
}

/// <summary>Takes versions of one target in hand: those that may have stopped the process first and each alone, the others in their order.</summary>
internal sealed class VersionClaims(string target, IBridgeStore store, SuspectLane lane, TimeSpan lease)
{
    private readonly ClaimOrder order = new(lease);
    private bool looked;

    /// <summary>True when versions wait to be tried alone.</summary>
    public bool SuspectsWait { get; private set; }

    /// <summary>Completes when a version that is tried alone, at any target, no longer keeps others out.</summary>
    public Task Open => lane.IsClosed ? lane.Freed : Task.CompletedTask;

    public async Task<IReadOnlyList<HeldVersion>> TakeAsync(int most, CancellationToken cancellationToken)
    {
        if (most == 0 || lane.IsClosed)
            return [];
        if (!looked)
        {
            // Before anything is in hand: what an earlier process had in hand when it ended is known now.
            SuspectsWait = (await store.ClaimAsync(target, new ClaimTerms(0, 0, lease), cancellationToken)).SuspectsWait;
            looked = true;
        }

        if (SuspectsWait && await TakeSuspectAsync(cancellationToken) is { } first)
            return [first];
        var ordinary = await TakeOrdinaryAsync(most, cancellationToken);
        return ordinary.Count == 0 && SuspectsWait && await TakeSuspectAsync(cancellationToken) is { } suspect ? [suspect] : ordinary;
    }

    private async Task<HeldVersion?> TakeSuspectAsync(CancellationToken cancellationToken)
    {
        if (lane.TryEnterAlone() is not { } place)
            return null;
        ClaimedVersion? suspect = null;
        try
        {
            suspect = await store.ClaimSuspectAsync(target, lease, cancellationToken);
            return suspect is null ? null : new HeldVersion(suspect, place);
        }
        finally
        {
            if (suspect is null)
                place.Dispose();
        }
    }

    private async Task<IReadOnlyList<HeldVersion>> TakeOrdinaryAsync(int most, CancellationToken cancellationToken)
    {
        // Their places first: no worker may find itself alone while they are being claimed.
        Stack<IDisposable> places = new(Enumerable.Range(0, most).Select(_ => lane.Enter()));
        try
        {
            var claim = await store.ClaimAsync(target, order.Next(most), cancellationToken);
            SuspectsWait = claim.SuspectsWait;
            return [.. claim.Versions.Select(version => new HeldVersion(version, places.Pop()))];
        }
        finally
        {
            foreach (var unused in places)
                unused.Dispose();
        }
    }
}
