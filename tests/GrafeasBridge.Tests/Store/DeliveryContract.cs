using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Versions, delivered: claimed by lease, settled by revision.</summary>
public abstract class DeliveryContract : StoreContract
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_version_in_hand_is_in_nobody_elses()
    {
        await AddVersionsAsync("1", "2", "3");
        var first = (await Store.ClaimAsync(Target, new ClaimTerms(0, 2, Lease), Stop)).Versions;
        var second = await Store.ClaimAsync(Target, 2, Lease, Stop);
        Assert.Equal(["1", "2"], first.Select(c => c.Coordinates.Version));
        Assert.Equal(["3"], second.Select(c => c.Coordinates.Version));
        Assert.Empty(await Store.ClaimAsync(Target, 2, Lease, Stop));
        Assert.Empty(await Store.ClaimAsync("elsewhere", 2, Lease, Stop));
        Assert.All(first, c => Assert.Equal((1L, 1, null, 0), (c.Revision, c.Attempts, c.FailingSince, c.ManagedNames.Count)));
        Assert.StartsWith("00-trace-", first[0].TraceParent, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Delivering, (await RowAsync("1")).State);
    }

    [Fact]
    public async Task Many_workers_claim_each_version_once()
    {
        await AddVersionsAsync([.. Enumerable.Range(0, 200).Select(i => $"{i}")]);
        var claims = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Store.ClaimAsync(Target, 10, Lease, Stop)));
        var versions = claims.SelectMany(claim => claim).Select(c => c.Coordinates.Version).ToList();
        Assert.Equal(200, versions.Count);
        Assert.Equal(200, versions.Distinct().Count());
    }

    [Fact]
    public async Task A_verified_version_rests_until_something_changes()
    {
        await AddVersionsAsync("1");
        var claimed = await ClaimOneAsync();
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(SettleResult.Settled, await Store.SettleAsync(claimed, Verified with { ManagedNames = ["b", "a"] }, Stop));
        var row = await RowAsync("1");
        Assert.Equal((DeliveryState.Verified, 1L, 1L, 0, "verified"), (row.State, row.Revision, row.SettledRevision, row.Attempts, row.LastOutcome));
        Assert.Equal(Clock.GetUtcNow(), row.VerifiedTime);
        Assert.Null(await Store.NextDueAsync(Target, Stop));

        await AddVersionsAsync("1");
        var again = await ClaimOneAsync();
        Assert.Equal(2L, again.Revision);
        Assert.Equal(["a", "b"], again.ManagedNames);
    }

    [Fact]
    public async Task What_changed_while_it_was_in_hand_stays_dirty()
    {
        await AddVersionsAsync("1");
        var claimed = await ClaimOneAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await AddVersionsAsync("1");
        var changed = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SettleResult.StillDirty, await Store.SettleAsync(claimed, Verified, Stop));

        var row = await RowAsync("1");
        Assert.Equal((DeliveryState.Pending, 2L, 1L, 0), (row.State, row.Revision, row.SettledRevision, row.Attempts));
        Assert.Equal(changed, (await Store.BacklogAsync(Target, Stop)).OldestDirty);
        Assert.Equal((2L, 1), ((await ClaimOneAsync()) is var next ? (next.Revision, next.Attempts) : default));
    }

    [Fact]
    public async Task A_failed_try_waits_for_its_time_though_something_new_arrives()
    {
        await AddVersionsAsync("1");
        var began = Clock.GetUtcNow();
        var next = Clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        var claimed = await ClaimOneAsync();
        await AddVersionsAsync("1");
        Assert.Equal(
            SettleResult.Settled,
            await Store.SettleAsync(claimed, new Settlement(DeliveryState.Waiting, "throttled", "429", next, null), Stop));
        await AddVersionsAsync("1");

        var row = await RowAsync("1");
        Assert.Equal((DeliveryState.Waiting, 3L, 0L, 1, next), (row.State, row.Revision, row.SettledRevision, row.Attempts, row.NextAttempt!.Value));
        Assert.Equal(("throttled", "429"), (row.LastOutcome, row.LastReason));
        Assert.Equal(next, await Store.NextDueAsync(Target, Stop));
        Assert.Empty(await Store.ClaimAsync(Target, 10, Lease, Stop));

        Clock.Advance(TimeSpan.FromMinutes(10));
        var again = await ClaimOneAsync();
        Assert.Equal((2, began, 3L), (again.Attempts, again.FailingSince!.Value, again.Revision));
        await Store.SettleAsync(again, Verified, Stop);
        await AddVersionsAsync("1");
        Assert.Equal((1, null), (await ClaimOneAsync()) is var fresh ? (fresh.Attempts, fresh.FailingSince) : default);
    }

    [Fact]
    public async Task A_parked_version_stays_parked_until_a_person_asks_for_it()
    {
        await AddVersionsAsync("1");
        var claimed = await ClaimOneAsync();
        await AddVersionsAsync("1");
        await Store.SettleAsync(claimed, new Settlement(DeliveryState.Parked, "rejected", "name too long", null, null), Stop);
        await AddVersionsAsync("1");
        Assert.Empty(await Store.ClaimAsync(Target, 10, Lease, Stop));
        Assert.Null(await Store.NextDueAsync(Target, Stop));
        Assert.Equal(new Backlog(0, 1, null), await Store.BacklogAsync(Target, Stop));

        var row = await Store.RedeliverAsync(Target, Web("1"), Stop);
        Assert.Equal((DeliveryState.Pending, 4L, 0), (row.State, row.Revision, row.Attempts));
        Assert.Equal((1, null, 4L), (await ClaimOneAsync()) is var again ? (again.Attempts, again.FailingSince, again.Revision) : default);
        await RefusedAsync(StoreFailure.NotFound, () => Store.RedeliverAsync(Target, Web("none"), Stop));
        await RefusedAsync(StoreFailure.NotFound, () => Store.RedeliverAsync("elsewhere", Web("1"), Stop));
    }

    [Fact]
    public async Task Asking_again_for_a_version_in_hand_delivers_it_once_more()
    {
        await AddVersionsAsync("1");
        var claimed = await ClaimOneAsync();
        Assert.Equal(DeliveryState.Delivering, (await Store.RedeliverAsync(Target, Web("1"), Stop)).State);
        Assert.Empty(await Store.ClaimAsync(Target, 10, Lease, Stop));
        Assert.Equal(SettleResult.StillDirty, await Store.SettleAsync(claimed, Verified, Stop));
        await ClaimOneAsync();
    }

    [Fact]
    public async Task A_lease_that_ends_gives_the_version_to_the_next_worker()
    {
        await AddVersionsAsync("1");
        var late = await ClaimOneAsync();
        Assert.Equal(Clock.GetUtcNow() + Lease, await Store.NextDueAsync(Target, Stop));
        Clock.Advance(Lease - TimeSpan.FromTicks(1));
        Assert.Empty(await Store.ClaimAsync(Target, 10, Lease, Stop));
        Clock.Advance(TimeSpan.FromTicks(1));
        var next = await ClaimOneAsync();
        Assert.Equal((2, Clock.GetUtcNow()), (next.Attempts, next.FailingSince!.Value));
        Assert.NotEqual(late.Lease, next.Lease);

        // The late worker may have written over its successor: the newest state must win.
        Assert.False(await Store.RecordIntentAsync(late, ["a"], Stop));
        Assert.Equal(SettleResult.LeaseLost, await Store.SettleAsync(late, Verified, Stop));
        Assert.Equal(SettleResult.StillDirty, await Store.SettleAsync(next, Verified, Stop));
        Assert.Equal(SettleResult.LeaseLost, await Store.SettleAsync(next, Verified, Stop));
        await VerifyAllAsync();
        Assert.Equal(SettleResult.LeaseLost, await Store.SettleAsync(late, Verified, Stop));
        Assert.Equal(DeliveryState.Pending, (await RowAsync("1")).State);
    }

    [Fact]
    public async Task A_lease_that_ended_unnoticed_may_still_settle()
    {
        await AddVersionsAsync("1");
        var claimed = await ClaimOneAsync();
        Clock.Advance(Lease * 2);
        Assert.True(await Store.RecordIntentAsync(claimed, ["a"], Stop));
        Assert.Equal(SettleResult.Settled, await Store.SettleAsync(claimed, Verified, Stop));
    }

    [Fact]
    public async Task What_the_bridge_was_about_to_write_is_its_own_after_a_crash()
    {
        await AddVersionsAsync("1");
        var claimed = await ClaimOneAsync();
        Assert.True(await Store.RecordIntentAsync(claimed, ["build.id", "vcs.url"], Stop));
        Assert.True(await Store.RecordIntentAsync(claimed, ["build.id", "build.name"], Stop));
        await ReopenAsync();
        Clock.Advance(Lease);
        Assert.Equal(["build.id", "build.name", "vcs.url"], (await ClaimOneAsync()).ManagedNames);
    }

    [Fact]
    public async Task What_is_given_back_untried_is_due_at_once_and_was_no_attempt()
    {
        await AddVersionsAsync("1", "2");
        var claimed = await Store.ClaimAsync(Target, 10, Lease, Stop);
        await Store.ReleaseAsync(claimed, Stop);
        var again = await Store.ClaimAsync(Target, 10, Lease, Stop);
        Assert.Equal([1, 1], again.Select(c => c.Attempts));

        // Who gave back has nothing in hand.
        await Store.ReleaseAsync(claimed, Stop);
        Assert.Empty(await Store.ClaimAsync(Target, 10, Lease, Stop));
    }

    [Fact]
    public async Task The_backlog_counts_what_is_not_verified_and_what_is_parked()
    {
        Assert.Equal(new Backlog(0, 0, null), await Store.BacklogAsync(Target, Stop));
        await AddVersionsAsync("1");
        var oldest = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await AddVersionsAsync("2", "3", "4");
        Assert.Equal(new Backlog(4, 0, oldest), await Store.BacklogAsync(Target, Stop));

        var claimed = (await Store.ClaimAsync(Target, new ClaimTerms(0, 3, Lease), Stop)).Versions;
        Assert.Equal(new Backlog(4, 0, oldest), await Store.BacklogAsync(Target, Stop));
        await Store.SettleAsync(claimed[0], Verified, Stop);
        await Store.SettleAsync(claimed[1], new Settlement(DeliveryState.Parked, "rejected", "no", null, null), Stop);
        await Store.SettleAsync(claimed[2], new Settlement(DeliveryState.Waiting, "down", "no", Clock.GetUtcNow() + Lease, null), Stop);
        Assert.Equal(new Backlog(2, 1, oldest + TimeSpan.FromMinutes(1)), await Store.BacklogAsync(Target, Stop));
        Assert.Equal(new Backlog(0, 0, null), await Store.BacklogAsync("elsewhere", Stop));
    }

    [Fact]
    public async Task A_worker_that_waits_is_woken_by_what_becomes_dirty()
    {
        await Store.WaitForDirtyAsync(Target, Stop);
        var wait = Store.WaitForDirtyAsync(Target, Stop);
        Assert.False(wait.IsCompleted);
        await AddVersionsAsync("1");
        await wait;

        // Nothing new has come since; then something comes while nobody waits.
        var claimed = await ClaimOneAsync();
        await Store.ReleaseAsync([claimed], Stop);
        await Store.WaitForDirtyAsync(Target, Stop);
        Assert.False(Store.WaitForDirtyAsync(Target, Stop).IsCompleted);
    }

    [Fact]
    public async Task A_wait_that_was_given_up_does_not_swallow_the_next_wake_up()
    {
        await Store.WaitForDirtyAsync(Target, Stop);
        using var gone = new CancellationTokenSource();
        var wait = Store.WaitForDirtyAsync(Target, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await AddVersionsAsync("1");
        await Store.WaitForDirtyAsync(Target, Stop);
    }

    [Fact]
    public async Task A_settlement_that_contradicts_itself_is_refused()
    {
        await AddVersionsAsync("1");
        var claimed = await ClaimOneAsync();
        foreach (var nonsense in new[]
        {
            new Settlement(DeliveryState.Waiting, "", "", null, null),
            new Settlement(DeliveryState.Verified, "", "", Clock.GetUtcNow(), null),
            new Settlement(DeliveryState.Pending, "", "", null, null),
        })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => Store.SettleAsync(claimed, nonsense, Stop));
        }
    }

    private async Task AddVersionsAsync(params string[] versions)
    {
        if (await Store.FindNoteAsync("ci", "builds", Stop) is null)
            await AddNoteAsync();
        foreach (var version in versions)
            await AddAsync(Occurrence(Names(Web(version))));
    }

    private async Task<ClaimedVersion> ClaimOneAsync() => Assert.Single(await Store.ClaimAsync(Target, 10, Lease, Stop));

    private async Task<VersionRow> RowAsync(string version) => (await Store.FindVersionAsync(Target, Web(version), Stop))!;
}
