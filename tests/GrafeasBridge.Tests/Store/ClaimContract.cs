using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Which versions are taken next, and when.</summary>
public abstract class ClaimContract : StoreContract
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // No two writes of a store have the same time, so that their order is known.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_claim_takes_the_newest_and_as_many_of_the_oldest_as_it_was_told()
    {
        await AddVersionsAsync("1", "2", "3", "4", "5", "6");
        var claim = await Store.ClaimAsync(Target, new ClaimTerms(2, 1, Lease), Stop);
        Assert.Equal(["6", "5", "1"], claim.Versions.Select(c => c.Coordinates.Version));
        Assert.False(claim.PoisonCandidatesWait);
        Assert.Equal(["2", "3"], (await Store.ClaimAsync(Target, new ClaimTerms(0, 2, Lease), Stop)).Versions.Select(c => c.Coordinates.Version));
        Assert.Equal(["4"], (await Store.ClaimAsync(Target, new ClaimTerms(5, 5, Lease), Stop)).Versions.Select(c => c.Coordinates.Version));
    }

    [Fact]
    public async Task A_version_is_as_old_as_its_oldest_change_that_has_not_arrived()
    {
        await AddVersionsAsync("1", "2");
        var claimed = await Store.ClaimAsync(Target, 2, Lease, Stop);
        await Store.SettleAsync(claimed.Single(c => c.Coordinates == Web("1")), Waiting(Second), Stop);
        await Store.ReleaseAsync([claimed.Single(c => c.Coordinates == Web("2"))], Stop);
        Clock.Advance(Second);
        await AddVersionsAsync("3", "1");
        Assert.Equal(["3", "2", "1"], (await Store.ClaimAsync(Target, 9, Lease, Stop)).Select(c => c.Coordinates.Version));
    }

    [Fact]
    public async Task A_claim_tells_since_when_its_version_waits_to_be_verified()
    {
        var first = Clock.GetUtcNow();
        await AddVersionsAsync("1");
        Clock.Advance(Second);
        await AddVersionsAsync("1");
        Assert.Equal(first, (await FailAsync()).DirtySince!.Value, Tick);
        Clock.Advance(Second);
        var again = await OneAsync();
        Assert.Equal(first, again.DirtySince!.Value, Tick);

        var meanwhile = Clock.GetUtcNow() + Second;
        Clock.Advance(Second);
        await AddVersionsAsync("1");
        await Store.SettleAsync(again, Verified, Stop);
        Clock.Advance(Second);
        var newer = await OneAsync();
        Assert.Equal(meanwhile, newer.DirtySince!.Value, Tick);
        await Store.SettleAsync(newer, Verified, Stop);

        Clock.Advance(Second);
        await Store.RedeliverAsync(Target, Web("1"), Stop);
        Assert.Equal(Clock.GetUtcNow(), (await OneAsync()).DirtySince!.Value, Tick);
    }

    [Fact]
    public async Task Suspects_are_counted_among_what_waits()
    {
        await AddVersionsAsync("1", "2");
        await Store.ClaimAsync(Target, new ClaimTerms(0, 1, Lease), Stop);
        Assert.Equal((2, 0), ((await Store.BacklogAsync(Target, Stop)).Count, (await Store.BacklogAsync(Target, Stop)).PoisonCandidates));
        Clock.Advance(Lease);
        await Store.ClaimAsync(Target, new ClaimTerms(0, 0, Lease), Stop);
        Assert.Equal((2, 1), ((await Store.BacklogAsync(Target, Stop)).Count, (await Store.BacklogAsync(Target, Stop)).PoisonCandidates));
    }

    [Fact]
    public async Task What_changes_within_the_rest_of_a_verified_version_is_gathered_until_its_end()
    {
        await AddVersionsAsync("1");
        var rested = Clock.GetUtcNow() + (Second * 2);
        await Store.SettleAsync(await OneAsync(), Verified with { RestUntil = rested }, Stop);
        for (var i = 0; i < 3; i++)
            await AddVersionsAsync("1");
        Assert.Empty(await Store.ClaimAsync(Target, 9, Lease, Stop));
        Assert.Equal(rested, await Store.NextDueAsync(Target, Stop));
        Assert.Equal(DeliveryState.Pending, (await RowAsync("1")).State);
        Clock.Advance(Second * 2);
        Assert.Equal(4, (await OneAsync()).Revision);
    }

    [Fact]
    public async Task What_changed_in_hand_is_gathered_too_and_a_change_after_the_rest_is_due_at_once()
    {
        await AddVersionsAsync("1");
        var claimed = await OneAsync();
        await AddVersionsAsync("1");
        await Store.SettleAsync(claimed, Verified with { RestUntil = Clock.GetUtcNow() + Second }, Stop);
        Assert.Empty(await Store.ClaimAsync(Target, 9, Lease, Stop));
        Clock.Advance(Second);
        await Store.SettleAsync(await OneAsync(), Verified with { RestUntil = Clock.GetUtcNow() + Second }, Stop);
        Clock.Advance(Second);
        await AddVersionsAsync("1");
        await OneAsync();
    }

    [Fact]
    public async Task A_clock_that_was_far_ahead_when_something_was_written_keeps_nothing_waiting()
    {
        await AddVersionsAsync("waits", "rests", "in hand");
        var claimed = await Store.ClaimAsync(Target, 9, TimeSpan.FromDays(400), Stop);
        await Store.SettleAsync(claimed.Single(c => c.Coordinates == Web("waits")), Waiting(TimeSpan.FromDays(400)), Stop);
        await Store.SettleAsync(claimed.Single(c => c.Coordinates == Web("rests")), Verified with { RestUntil = Clock.GetUtcNow() + TimeSpan.FromDays(400) }, Stop);
        await AddVersionsAsync("rests");
        Assert.Equal(["rests", "waits"], (await Store.ClaimAsync(Target, 9, Lease, Stop)).Select(c => c.Coordinates.Version).Order());
        Assert.Equal(Web("in hand"), (await Store.ClaimPoisonCandidateAsync(Target, Lease, Stop))?.Coordinates);
    }

    [Fact]
    public async Task A_version_whose_lease_ended_in_hand_is_a_suspect_and_taken_alone()
    {
        await AddVersionsAsync("1", "2");
        await Store.ClaimAsync(Target, new ClaimTerms(0, 1, Lease), Stop);
        Clock.Advance(Lease);
        await AddVersionsAsync("3");
        var claim = await Store.ClaimAsync(Target, new ClaimTerms(9, 0, Lease), Stop);
        Assert.Equal(["3", "2"], claim.Versions.Select(c => c.Coordinates.Version));
        Assert.True(claim.PoisonCandidatesWait);
        Assert.Equal(3, (await Store.BacklogAsync(Target, Stop)).Count);
        Assert.Equal(DateTimeOffset.MinValue, await Store.NextDueAsync(Target, Stop));

        var candidate = await Store.ClaimPoisonCandidateAsync(Target, Lease, Stop);
        Assert.Equal((Web("1"), 1, 2), (candidate!.Coordinates, candidate.CrashCount, candidate.Attempts));
        Assert.Null(await Store.ClaimPoisonCandidateAsync(Target, Lease, Stop));
        Clock.Advance(Lease);
        Assert.True((await Store.ClaimAsync(Target, new ClaimTerms(9, 0, Lease), Stop)).PoisonCandidatesWait);
        Assert.Equal([2, 1, 1], (await PoisonCandidatesAsync()).Select(s => s.CrashCount));
    }

    [Fact]
    public async Task An_end_of_the_process_after_the_intent_counts_half()
    {
        await AddVersionsAsync("1");
        var claimed = await OneAsync();
        Assert.True(await Store.RecordIntentAsync(claimed, ["a"], Stop));
        Clock.Advance(Lease);
        var half = await OneAsync();
        Assert.Equal(0.5, half.CrashCount);
        Clock.Advance(Lease);
        Assert.Equal(1.5, (await OneAsync()).CrashCount);
    }

    [Fact]
    public async Task A_try_that_comes_to_any_end_clears_a_suspect()
    {
        await AddVersionsAsync("fails", "given back", "late");
        var late = (await Store.ClaimAsync(Target, 9, Lease, Stop)).Single(c => c.Coordinates == Web("late"));
        Clock.Advance(Lease);
        Assert.True((await Store.ClaimAsync(Target, new ClaimTerms(9, 0, Lease), Stop)).PoisonCandidatesWait);
        Assert.Equal(SettleResult.LeaseLost, await Store.SettleAsync(late, Verified, Stop));
        var candidates = await PoisonCandidatesAsync();
        Assert.Equal(["fails", "given back"], candidates.Select(s => s.Coordinates.Version).Order());
        await Store.SettleAsync(candidates.Single(s => s.Coordinates == Web("fails")), Waiting(Second), Stop);
        await Store.ReleaseAsync([candidates.Single(s => s.Coordinates == Web("given back"))], Stop);
        Clock.Advance(Second);
        var claim = await Store.ClaimAsync(Target, new ClaimTerms(9, 0, Lease), Stop);
        Assert.Equal(["fails", "given back", "late"], claim.Versions.Select(c => c.Coordinates.Version).Order());
        Assert.All(claim.Versions, c => Assert.Equal(0, c.CrashCount));
        Assert.False(claim.PoisonCandidatesWait);
    }

    [Fact]
    public async Task Many_are_asked_for_again_at_once_but_none_that_has_changed_its_state()
    {
        await AddVersionsAsync("1", "2", "3");
        foreach (var claimed in await Store.ClaimAsync(Target, 9, Lease, Stop))
            await Store.SettleAsync(claimed, new Settlement(DeliveryState.Parked, "rejected", "no", null, null), Stop);
        var rows = await Store.ListVersionsAsync(new VersionFilter(Target, State: DeliveryState.Parked), 0, 9, Stop);
        await Store.RedeliverAsync(Target, Web("3"), Stop);
        await VerifyAllAsync();
        Assert.Equal(2, await Store.RedeliverAsync(rows, Stop));
        var again = await Store.ClaimAsync(Target, 9, Lease, Stop);
        Assert.Equal(["2", "1"], again.Select(c => c.Coordinates.Version));
        Assert.All(again, c => Assert.Equal((1, 2L, true, false), (c.Attempts, c.Revision, c.MayRecreate, c.WasDelivered)));
    }

    [Fact]
    public async Task Who_was_delivered_once_is_known_and_may_be_created_again_only_after_somebody_asked()
    {
        await AddVersionsAsync("1");
        await VerifyAllAsync();
        await AddVersionsAsync("1");
        var changed = await OneAsync();
        Assert.Equal((true, false), (changed.WasDelivered, changed.MayRecreate));
        await Store.SettleAsync(changed, new Settlement(DeliveryState.Parked, "gone", "no", null, null), Stop);
        await Store.RedeliverAsync(Target, Web("1"), Stop);
        var asked = await OneAsync();
        Assert.Equal((true, true), (asked.WasDelivered, asked.MayRecreate));
        await Store.SettleAsync(asked, Verified, Stop);
        await AddVersionsAsync("1");
        Assert.False((await OneAsync()).MayRecreate);
    }

    [Fact]
    public async Task What_was_learned_of_a_target_is_kept()
    {
        Assert.Null(await Store.FindLearnedAsync(Target, Stop));
        await Store.KeepLearnedAsync(Target, "{\"limit\":1}", Stop);
        await Store.KeepLearnedAsync(Target, "{\"limit\":2}", Stop);
        await ReopenAsync();
        Assert.Equal("{\"limit\":2}", await Store.FindLearnedAsync(Target, Stop));
        Assert.Null(await Store.FindLearnedAsync("elsewhere", Stop));
    }

    private Settlement Waiting(TimeSpan delay) => new(DeliveryState.Waiting, "down", "no", Clock.GetUtcNow() + delay, null);

    private async Task<ClaimedVersion> FailAsync()
    {
        var claimed = await OneAsync();
        await Store.SettleAsync(claimed, Waiting(Second), Stop);
        return claimed;
    }

    private async Task<List<ClaimedVersion>> PoisonCandidatesAsync()
    {
        var candidates = new List<ClaimedVersion>();
        while (await Store.ClaimPoisonCandidateAsync(Target, Lease, Stop) is { } candidate)
            candidates.Add(candidate);
        return candidates;
    }

    // Each a moment after the other, so that one is newer.
    private async Task AddVersionsAsync(params string[] versions)
    {
        if (await Store.FindNoteAsync("ci", "builds", Stop) is null)
            await AddNoteAsync();
        foreach (var version in versions)
        {
            Clock.Advance(TimeSpan.FromTicks(1));
            await AddAsync(Occurrence(Names(Web(version))));
        }
    }

    private async Task<ClaimedVersion> OneAsync() => Assert.Single(await Store.ClaimAsync(Target, 10, Lease, Stop));

    private async Task<VersionRow> RowAsync(string version) => (await Store.FindVersionAsync(Target, Web(version), Stop))!;
}
