using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Delivery.Drift;

/// <summary>What becomes of versions that somebody changes at the target after they were verified.</summary>
[OnBothStores]
public sealed class DriftTests : DriftFixture
{
    [Fact]
    public async Task A_version_is_looked_at_ten_minutes_after_it_was_verified_and_then_daily_with_one_call()
    {
        using var heard = new Heard(Target);
        await StartAsync();
        await DeliverAsync("string a=1|2\nnumber n=2.5");
        var before = await RowAsync();
        var calls = Fake.Calls.Count;

        Assert.Equal(0, await LookAfterAsync(FirstCheck - TimeSpan.FromSeconds(1)));
        Assert.Equal(1, await LookAfterAsync(TimeSpan.FromSeconds(1)));
        Assert.Equal(0, await LookAfterAsync(Day - TimeSpan.FromSeconds(1)));
        Assert.Equal(1, await LookAfterAsync(TimeSpan.FromSeconds(1)));

        Assert.Equal(["GET", "GET"], Fake.Calls.Skip(calls).Select(c => c.Method));
        Assert.Equal(before, await RowAsync());
        Assert.Equal(2, Looks(heard, "same"));
    }

    [Fact]
    public async Task What_somebody_changed_is_shown_with_its_names_and_brought_back()
    {
        using var heard = new Heard(Target);
        await StartAsync();
        await DeliverAsync("string a=1\nstring b=s3cret-value\nstring c=3");
        Put("a", """["other-value"]""");
        There().TryRemove("b", out _);
        Put("foreign", """["x"]""");

        Assert.Equal(1, await LookAfterAsync(FirstCheck));

        var row = await RowAsync();
        Assert.Equal((DeliveryState.Drifted, "Drifted"), (row.State, row.LastOutcome));
        Assert.Equal("Since 2026-11-02 08:00:00Z the target has changed in a, b.", row.LastReason);
        Assert.Contains(Logs.Entries, e => e is { Event.Name: "VersionDrifted", Level: LogLevel.Warning } && e.Message.Contains("is repaired", StringComparison.Ordinal));
        Assert.DoesNotContain(Logs.Entries, e => e.Message.Contains("value", StringComparison.Ordinal));
        Assert.Equal(0, await LookAfterAsync(Day));

        Assert.Equal(1, await Host.RunOnceAsync());
        Assert.Equal((DeliveryState.Verified, "Delivered"), await StateAsync());
        Assert.Equal((row.Revision, row.Revision), ((await RowAsync()).Revision, (await RowAsync()).SettledRevision));
        Assert.Equal("1", There()["a"]["values"]![0]!.ToString());
        Assert.Equal(["a", "b", "c", "foreign"], There().Keys.Order());
        Assert.Equal(1, await LookAfterAsync(FirstCheck));
        Assert.Equal((1, 1), (Looks(heard, "drifted"), Looks(heard, "same")));
    }

    [Fact]
    public async Task Another_spelling_of_the_same_is_no_drift()
    {
        await StartAsync();
        await DeliverAsync("number n=2.5\nboolean t=true\nstring s=1|2");
        Put("n", "[2.500]", "number");
        Put("t", """["TRUE"]""", "boolean");
        Put("s", """["2","1"]""");

        Assert.Equal(1, await LookAfterAsync(FirstCheck));

        Assert.Equal((DeliveryState.Verified, "Delivered"), await StateAsync());
    }

    [Fact]
    public async Task Where_drift_is_only_reported_it_stays_shown_until_somebody_puts_it_right()
    {
        await StartAsync("Drift:OnDrift=Report");
        await DeliverAsync("string a=1");
        Put("a", """["2"]""");
        var calls = Fake.Calls.Count;

        await LookAfterAsync(FirstCheck);
        Assert.Equal((DeliveryState.Drifted, "Drifted"), await StateAsync());
        Assert.Equal(0, await Host.RunOnceAsync());
        Assert.Equal(1, (await Host.Store.BacklogAsync(Target, Token)).Drifted);
        Assert.Equal(1, await LookAfterAsync(Day));
        Assert.Equal(DeliveryState.Drifted, (await RowAsync()).State);
        Assert.All(Fake.Calls.Skip(calls), c => Assert.Equal("GET", c.Method));

        Put("a", """["1"]""");
        await LookAfterAsync(Day);
        Assert.Equal((DeliveryState.Verified, "Unchanged"), await StateAsync());
    }

    [Fact]
    public async Task A_late_write_of_a_withdrawn_name_is_found_by_the_first_look_and_removed()
    {
        await StartAsync();
        await DeliverAsync("string a=1");
        var withdrawn = await DeliverAsync("string b=2");
        await Host.WithdrawAsync(withdrawn);
        await Host.RunOnceAsync();
        Assert.Equal(["a"], There().Keys);
        Put("b", """["2"]"""); // by a worker that died before it could say so

        await LookAfterAsync(FirstCheck);
        Assert.Equal("Since 2026-11-02 08:00:00Z the target has changed in b.", (await RowAsync()).LastReason);
        await Host.RunOnceAsync();
        Assert.Equal(["a"], There().Keys);
    }

    [Fact]
    public async Task A_name_without_which_the_target_was_seen_is_the_bridges_no_longer()
    {
        await StartAsync();
        await DeliverAsync("string a=1");
        var withdrawn = await DeliverAsync("string b=2");
        await Host.WithdrawAsync(withdrawn);
        await Host.RunOnceAsync();
        await LookAfterAsync(FirstCheck);

        Put("b", """["a stranger's"]""");

        Assert.Equal(1, await LookAfterAsync(Day));
        Assert.Equal((DeliveryState.Verified, "Delivered"), await StateAsync());
        await Host.Store.RedeliverAsync(Target, Web(), Token);
        await Host.RunOnceAsync();
        Assert.Equal(["a", "b"], There().Keys.Order());
    }

    [Fact]
    public async Task What_a_look_found_is_dropped_when_something_new_arrives_meanwhile()
    {
        using var heard = new Heard(Target);
        await StartAsync();
        await DeliverAsync("string a=1");
        Put("a", """["2"]""");
        Fake.Script = async (_, _) =>
        {
            Fake.Script = null;
            await Host.SendAsync(Web(), "string b=2");
            return false;
        };

        Assert.Equal(1, await LookAfterAsync(FirstCheck));

        Assert.Equal((DeliveryState.Pending, "Delivered"), await StateAsync());
        Assert.Equal(1, Looks(heard, "overtaken"));
        await Host.RunOnceAsync();
        Assert.Equal(("1", 2), (There()["a"]["values"]![0]!.ToString(), There().Count));
    }

    [Fact]
    public async Task A_version_that_was_verified_before_digests_were_kept_is_compared_with_what_is_wanted()
    {
        await StartAsync();
        await Host.SendAsync(Web(), "string a=1");
        Fake.Have("acme", "images", "web", "1");
        Put("a", """["1"]""");
        var claimed = (await Host.Store.ClaimAsync(Target, 1, TimeSpan.FromMinutes(2), Token)).Single();
        var old = new Settlement(DeliveryState.Verified, "Delivered", "", null, ["a"], CheckAt: Host.Clock.GetUtcNow());
        Assert.Equal(SettleResult.Settled, await Host.Store.SettleAsync(claimed, old, Token));

        Assert.Equal(1, await LookAfterAsync(TimeSpan.Zero));
        Assert.Equal(DeliveryState.Verified, (await RowAsync()).State);
        Put("a", """["2"]""");
        Assert.Equal(1, await LookAfterAsync(Day));
        Assert.Equal(DeliveryState.Drifted, (await RowAsync()).State);
    }
}
