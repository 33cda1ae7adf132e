using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>A worker that lost its lease and may have written all the same: its write must not stand, whatever it does next.</summary>
public abstract class LateWriterContract : StoreContract
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Who_gives_back_without_the_lease_makes_the_version_due_again()
    {
        var (late, next) = await TakenOverAsync();
        Assert.Equal(SettleResult.Settled, await Store.SettleAsync(next, Verified with { ManagedNames = ["a"] }, Stop));
        await Store.WaitForDirtyAsync(Target, Stop);

        await Store.ReleaseAsync([late], Stop);

        var row = (await Store.FindVersionAsync(Target, Web("1"), Stop))!;
        Assert.Equal((DeliveryState.Pending, 2L, 1L), (row.State, row.Revision, row.SettledRevision));
        await Store.WaitForDirtyAsync(Target, Stop);
        Assert.Equal(2L, (await ClaimAsync()).Revision);
    }

    [Fact]
    public async Task Giving_back_without_the_lease_leaves_the_version_in_its_holders_hand()
    {
        var (late, next) = await TakenOverAsync();
        await Store.ReleaseAsync([late], Stop);
        Assert.Empty(await Store.ClaimAsync(Target, 1, Lease, Stop));
        Assert.Equal(SettleResult.StillDirty, await Store.SettleAsync(next, Verified, Stop));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Names_that_a_late_worker_may_have_set_stay_owned(bool settles)
    {
        var (late, next) = await TakenOverAsync();
        Assert.Equal(["a", "b"], next.ManagedNames);
        Assert.Equal(SettleResult.Settled, await Store.SettleAsync(next, Verified with { ManagedNames = ["a"] }, Stop));

        late.PossiblyWritten = ["b"];
        if (settles)
            Assert.Equal(SettleResult.LeaseLost, await Store.SettleAsync(late, Verified with { ManagedNames = ["a", "b"] }, Stop));
        else
            await Store.ReleaseAsync([late], Stop);

        Assert.Equal(["a", "b"], (await ClaimAsync()).ManagedNames);
    }

    [Fact]
    public async Task Names_are_never_given_up_by_settling()
    {
        var (late, next) = await TakenOverAsync();
        late.PossiblyWritten = ["b"];
        Assert.Equal(SettleResult.LeaseLost, await Store.SettleAsync(late, Verified, Stop));
        Assert.Equal(SettleResult.StillDirty, await Store.SettleAsync(next, Verified with { ManagedNames = ["a"] }, Stop));

        var newest = await ClaimAsync();
        Assert.Equal(["a", "b"], newest.ManagedNames);
        Assert.Equal(SettleResult.Settled, await Store.SettleAsync(newest, Verified with { ManagedNames = ["a"] }, Stop));
        await Store.RedeliverAsync(Target, Web("1"), Stop);
        Assert.Equal(["a", "b"], (await ClaimAsync()).ManagedNames);
    }

    /// <summary>One worker that meant to write a and b when its lease ended, and its successor.</summary>
    private async Task<(ClaimedVersion Late, ClaimedVersion Next)> TakenOverAsync()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Names(Web("1"))));
        var late = await ClaimAsync();
        Assert.True(await Store.RecordIntentAsync(late, ["a", "b"], Stop));
        Clock.Advance(Lease);
        return (late, await ClaimAsync());
    }

    private async Task<ClaimedVersion> ClaimAsync() => Assert.Single(await Store.ClaimAsync(Target, 10, Lease, Stop));
}
