using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Delivery.Drift;

/// <summary>Versions that were delivered and are gone at the target.</summary>
[OnBothStores]
public sealed class DeletedTests : DriftFixture
{
    [Fact]
    public async Task A_deleted_version_is_parked_after_a_second_check_and_created_again_when_somebody_asks()
    {
        using var heard = new Heard(Target);
        await StartAsync();
        await DeliverAsync("string a=1");
        DeleteThere();

        Assert.Equal(1, await LookAfterAsync(FirstCheck));
        var row = await RowAsync();
        Assert.Equal((DeliveryState.Drifted, "Missing"), (row.State, row.LastOutcome));
        Assert.Equal(
            "It was delivered (last verified 2026-11-02 08:00:00Z) and is gone. The target answered 404: Version '1' was not found "
            + "It is checked again at 2026-11-02 08:11:00Z before it counts as deleted.", row.LastReason);
        Assert.Equal(0, await Host.RunOnceAsync());

        Assert.Equal(1, await LookAfterAsync(TimeSpan.FromMinutes(1)));
        row = await RowAsync();
        Assert.Equal((DeliveryState.Parked, "RemovedAtTarget"), (row.State, row.LastOutcome));
        Assert.EndsWith(" It stays deleted; redeliver to create it again.", row.LastReason, StringComparison.Ordinal);
        Assert.Contains(Logs.Entries, e => e is { Event.Name: "RemovedAtTarget", Level: LogLevel.Warning });
        Assert.Equal((1, 1), (Looks(heard, "missing"), Looks(heard, "removed_at_target")));

        Assert.Equal(0, await LookAfterAsync(Day));
        Assert.Equal(0, await Host.RunOnceAsync());
        Assert.Empty(Fake.Versions);
        await Host.Store.RedeliverAsync(Target, Web(), Token);
        Assert.Equal(1, await Host.RunOnceAsync());
        Assert.Equal(DeliveryState.Verified, (await RowAsync()).State);
        Assert.Equal(["a"], There().Keys);
    }

    [Fact]
    public async Task One_answer_that_it_is_gone_may_be_a_lie()
    {
        await StartAsync();
        await DeliverAsync("string a=1");
        Answer(context => FakeBintray.SayAsync(context, 404, "Package 'web' was not found"));
        await LookAfterAsync(FirstCheck);
        Assert.Equal((DeliveryState.Drifted, "Missing"), await StateAsync());

        Fake.Script = null;
        await LookAfterAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((DeliveryState.Verified, "Unchanged"), await StateAsync());
    }

    [Fact]
    public async Task Drift_that_was_reported_is_no_first_look_at_what_is_gone()
    {
        await StartAsync("Drift:OnDrift=Report", "Delivery:MissingGrace=00:05:00");
        await DeliverAsync("string a=1");
        Put("a", """["2"]""");
        await LookAfterAsync(FirstCheck);
        DeleteThere();

        await LookAfterAsync(Day);
        Assert.Equal((DeliveryState.Drifted, "Missing"), await StateAsync());
        Assert.Equal(0, await LookAfterAsync(TimeSpan.FromMinutes(4)));
        Assert.Equal(1, await LookAfterAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal((DeliveryState.Parked, "RemovedAtTarget"), await StateAsync());
    }

    [Fact]
    public async Task Where_deleted_versions_are_to_be_created_again_they_are()
    {
        await StartAsync("Drift:OnDeleted=Recreate");
        await DeliverAsync("string a=1");
        DeleteThere();

        await LookAfterAsync(FirstCheck);
        Assert.Equal((DeliveryState.Drifted, "Missing"), await StateAsync());
        Assert.EndsWith(" It is created again.", (await RowAsync()).LastReason, StringComparison.Ordinal);
        await Host.RunOnceAsync();

        Assert.Equal((DeliveryState.Verified, "Delivered"), await StateAsync());
        Assert.Equal(["a"], There().Keys);
    }

    [Theory]
    [InlineData("00:00:00", DeliveryState.Parked)]
    [InlineData("00:05:00", DeliveryState.Waiting)]
    internal async Task A_deleted_version_for_which_something_arrives_is_not_created_either(string grace, DeliveryState state)
    {
        await StartAsync("Delivery:MissingGrace=" + grace);
        await DeliverAsync("string a=1");
        DeleteThere();
        await Host.SendAsync(Web(), "string b=2");

        await Host.RunOnceAsync();

        Assert.Equal((state, "RemovedAtTarget"), await StateAsync());
        Assert.Equal(
            "It was delivered (last verified 2026-11-02 08:00:00Z) and is gone. The target answered 404: Version '1' was not found "
            + "It stays deleted; redeliver to create it again.", (await RowAsync()).LastReason);
        Host.Clock.Advance(TimeSpan.FromHours(1));
        await Host.RunOnceAsync();
        Assert.Equal((DeliveryState.Parked, "RemovedAtTarget"), await StateAsync());
        Assert.Empty(Fake.Versions);
    }

    [Fact]
    public async Task Where_deleted_versions_are_to_be_created_again_what_arrives_creates_them()
    {
        await StartAsync("Drift:OnDeleted=Recreate");
        await DeliverAsync("string a=1");
        DeleteThere();

        await DeliverAsync("string b=2");

        Assert.Equal(["a", "b"], There().Keys.Order());
    }

    [Fact]
    public async Task A_version_of_which_nothing_was_wanted_is_not_missed_and_may_be_created()
    {
        await StartAsync();
        var id = await DeliverAsync("string a=1");
        await Host.WithdrawAsync(id);
        await Host.RunOnceAsync();
        DeleteThere();

        Assert.Equal(1, await LookAfterAsync(FirstCheck));
        Assert.Equal(DeliveryState.Verified, (await RowAsync()).State);

        await DeliverAsync("string b=2");
        Assert.Equal(["b"], There().Keys);
    }
}
