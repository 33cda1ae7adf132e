using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Versions at rest, looked at again.</summary>
public abstract class CheckContract : StoreContract
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_verified_version_is_listed_when_its_check_is_due_with_what_was_read_back()
    {
        await VerifyAsync("1", ["b", "a"]);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await VerifyAsync("2", ["c"]);
        Assert.Empty(await ListAsync());
        Clock.Advance(Hour - TimeSpan.FromMinutes(1));
        var one = Assert.Single(await ListAsync());
        Assert.Equal((Web("1"), DeliveryState.Verified, 1L), (one.Coordinates, one.State, one.Revision));
        Assert.Equal(["a", "b"], one.Owned);
        Assert.Equal(["a", "b"], one.ReadBack!.Names);
        Clock.Advance(Hour);
        Assert.Equal(["1", "2"], (await ListAsync()).Select(v => v.Coordinates.Version));
        Assert.Single(await Store.ListToCheckAsync(Target, Hour, 1, Stop));
        Assert.Empty(await Store.ListToCheckAsync("elsewhere", Hour, 9, Stop));
    }

    [Fact]
    public async Task A_check_that_is_due_later_than_any_check_can_be_counts_as_due()
    {
        await VerifyAsync("1", []);
        Assert.Empty(await ListAsync());
        Assert.Single(await Store.ListToCheckAsync(Target, TimeSpan.FromMinutes(1), 9, Stop));
    }

    [Fact]
    public async Task A_check_that_finds_it_as_it_was_moves_on_and_gives_up_names()
    {
        var found = await DueAsync(["a", "b"]);
        Assert.True(await Store.RecordCheckAsync(found, Same() with { Owned = ["a"] }, Stop));
        Assert.Empty(await ListAsync());
        var row = await RowAsync();
        Assert.Equal((DeliveryState.Verified, "verified"), (row.State, row.LastOutcome));
        await AddAsync(Occurrence(Names(Web("1"))));
        Assert.Equal(["a"], Assert.Single(await ClaimAsync()).Owned);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Drift_that_is_repaired_is_due_at_once_at_the_same_revision()
    {
        var found = await DueAsync(["a"]);
        Assert.True(await Store.RecordCheckAsync(found, new CheckResult(DeliveryState.Drifted, "Drifted", "differs in a", null, Repair: true), Stop));
        var row = await RowAsync();
        Assert.Equal((DeliveryState.Drifted, "Drifted", "differs in a", 1L), (row.State, row.LastOutcome, row.LastReason, row.Revision));
        Assert.Equal(new Backlog(1, 0, Clock.GetUtcNow(), 1), await Store.BacklogAsync(Target, Stop));
        var claimed = Assert.Single(await ClaimAsync());
        Assert.Equal((1L, 1), (claimed.Revision, claimed.Attempts));
        Assert.Equal(SettleResult.Settled, await Store.SettleAsync(claimed, Verified, Stop));
        Assert.Equal(DeliveryState.Verified, (await RowAsync()).State);
    }

    [Fact]
    public async Task Drift_that_is_only_reported_is_looked_at_again_and_may_go_away()
    {
        var found = await DueAsync(["a"]);
        Assert.True(await Store.RecordCheckAsync(found, new CheckResult(DeliveryState.Drifted, "Drifted", "differs", Clock.GetUtcNow() + Hour), Stop));
        Assert.Empty(await ClaimAsync());
        Assert.Equal(new Backlog(0, 0, null, 1), await Store.BacklogAsync(Target, Stop));
        Clock.Advance(Hour);
        var again = Assert.Single(await ListAsync());
        Assert.Equal(DeliveryState.Drifted, again.State);
        Assert.True(await Store.RecordCheckAsync(again, Same(), Stop));
        Assert.Equal(DeliveryState.Verified, (await RowAsync()).State);
    }

    [Fact]
    public async Task A_version_that_a_check_parks_waits_for_a_person()
    {
        var found = await DueAsync(["a"]);
        Assert.True(await Store.RecordCheckAsync(found, new CheckResult(DeliveryState.Parked, "RemovedAtTarget", "gone", null), Stop));
        Clock.Advance(Hour * 100);
        Assert.Empty(await ClaimAsync());
        Assert.Empty(await ListAsync());
        await AddAsync(Occurrence(Names(Web("1"))));
        Assert.Equal(DeliveryState.Parked, (await RowAsync()).State);
        await Store.RedeliverAsync(Target, Web("1"), Stop);
        Assert.True(Assert.Single(await ClaimAsync()).MayRecreate);
    }

    [Fact]
    public async Task What_a_check_found_is_dropped_when_the_version_has_moved_on_meanwhile()
    {
        var found = await DueAsync(["a"]);
        await AddAsync(Occurrence(Names(Web("1"))));
        Assert.False(await Store.RecordCheckAsync(found, new CheckResult(DeliveryState.Parked, "RemovedAtTarget", "gone", null), Stop));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await VerifyAllAsync();
        Assert.False(await Store.RecordCheckAsync(found, new CheckResult(DeliveryState.Parked, "RemovedAtTarget", "gone", null), Stop));
        Assert.Equal(DeliveryState.Verified, (await RowAsync()).State);
    }

    [Fact]
    public async Task A_check_is_written_once_though_two_looked()
    {
        var found = await DueAsync(["a"]);
        Assert.True(await Store.RecordCheckAsync(found, Same(), Stop));
        Assert.False(await Store.RecordCheckAsync(found, Same(), Stop));
    }

    [Fact]
    public async Task A_result_that_contradicts_itself_is_refused()
    {
        var found = await DueAsync(["a"]);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.RecordCheckAsync(found, Same() with { State = DeliveryState.Waiting }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.RecordCheckAsync(found, Same() with { Repair = true }, Stop));
    }

    private CheckResult Same() => new(DeliveryState.Verified, "", "", Clock.GetUtcNow() + Hour);

    private async Task<RestingVersion> DueAsync(string[] names)
    {
        await VerifyAsync("1", names);
        Clock.Advance(Hour);
        return Assert.Single(await ListAsync());
    }

    private async Task VerifyAsync(string version, string[] names)
    {
        if (await Store.FindNoteAsync("ci", "builds", Stop) is null)
            await AddNoteAsync();
        await AddAsync(Occurrence(Names(Web(version))));
        var readBack = new ReadBack([1, 2, 3], [.. names.Order(StringComparer.Ordinal)]);
        await Store.SettleAsync(
            Assert.Single(await ClaimAsync()), Verified with { Owned = names, ReadBack = readBack, CheckAt = Clock.GetUtcNow() + Hour }, Stop);
    }

    private Task<IReadOnlyList<ClaimedVersion>> ClaimAsync() => Store.ClaimAsync(Target, 9, Lease, Stop);

    private Task<IReadOnlyList<RestingVersion>> ListAsync() => Store.ListToCheckAsync(Target, Hour * 24, 9, Stop);

    private async Task<VersionRow> RowAsync() => (await Store.FindVersionAsync(Target, Web("1"), Stop))!;
}
