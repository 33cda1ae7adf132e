using System.Security.Cryptography;
using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>What receipts and proofs are made of, and the keys that sign them.</summary>
public abstract class ReceiptContract : StoreContract
{
    [Fact]
    public async Task What_an_occurrence_was_created_with_stays_though_it_is_updated_and_the_store_reopened()
    {
        await AddNoteAsync();
        var sent = Occurrence(request: "r");
        var added = await AddAsync(sent);
        Assert.Equal((sent.Name, sent.CreateTime), (added.Creation.Name, added.Creation.Time));
        Assert.Equal(SHA256.HashData(sent.Content), added.Creation.ContentDigest);
        await Store.UpdateOccurrenceAsync("ci", sent.Id, before => sent with { Content = Longer(before, '!').Content }, Stop);
        await ReopenAsync();

        var (creation, message) = (await Store.FindCreationAsync("ci", sent.Id, Stop))!.Value;
        AssertSame(added.Creation, creation);
        Assert.Equal(Text(sent.Content) + "!", Text(message));
        var repeated = await AddAsync(Occurrence(request: "r", content: Text(sent.Content)));
        Assert.True(repeated.Repeated);
        AssertSame(added.Creation, repeated.Creation);
        Assert.True((await AddAsync(Occurrence())).Creation.Sequence > added.Creation.Sequence);
        Assert.Null(await Store.FindCreationAsync("ci", "none", Stop));
        Assert.Null(await Store.FindCreationAsync("none", sent.Id, Stop));
    }

    [Fact]
    public async Task What_repeats_within_a_batch_has_the_creation_of_the_first()
    {
        await AddNoteAsync();
        var added = await Store.AddOccurrencesAsync([Occurrence(request: "r", content: "a"), Occurrence(request: "r", content: "a")], Stop);
        AssertSame(added[0].Creation, added[1].Creation);
    }

    [Fact]
    public async Task What_was_read_back_is_kept_until_it_is_read_back_again()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Names(Web("1"))));
        Assert.Null(await Store.FindDeliveredAsync(Target, Web("1"), Stop));
        await SettleAsync(Verified with { ReadBack = new ReadBack([1, 2], ["b", "a"]) });
        var time = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await AddAsync(Occurrence(Names(Web("1"))));
        await SettleAsync(new Settlement(DeliveryState.Waiting, "throttled", "429", Clock.GetUtcNow(), null));
        await ReopenAsync();

        var delivered = (await Store.FindDeliveredAsync(Target, Web("1"), Stop))!;
        Assert.Equal((1L, time), (delivered.Revision, delivered.Time));
        Assert.Equal([1, 2], delivered.ReadBack.Digest);
        Assert.Equal(["b", "a"], delivered.ReadBack.Names);
        await SettleAsync(Verified with { ReadBack = new ReadBack([3], []) });
        delivered = (await Store.FindDeliveredAsync(Target, Web("1"), Stop))!;
        Assert.Equal((2L, Clock.GetUtcNow(), 0), (delivered.Revision, delivered.Time, delivered.ReadBack.Names.Count));
        Assert.Equal([3], delivered.ReadBack.Digest);
        Assert.Null(await Store.FindDeliveredAsync("elsewhere", Web("1"), Stop));
    }

    [Fact]
    public async Task A_revision_that_is_no_longer_the_newest_is_read_back_all_the_same()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Names(Web("1"))));
        var claimed = Assert.Single(await Store.ClaimAsync(Target, 1, TimeSpan.FromMinutes(1), Stop));
        await AddAsync(Occurrence(Names(Web("1"))));
        var dirtySince = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(SettleResult.StillDirty, await Store.SettleAsync(claimed, Verified with { ReadBack = new ReadBack([1], ["a"]) }, Stop));
        Assert.Equal(1L, (await Store.FindDeliveredAsync(Target, Web("1"), Stop))!.Revision);
        Assert.Equal(dirtySince, (await Store.BacklogAsync(Target, Stop)).OldestDirty);
    }

    [Fact]
    public async Task A_key_takes_the_place_of_the_newest_only_and_wipes_the_secret_before_it()
    {
        Assert.Empty(await Store.ListSigningKeysAsync(Stop));
        Assert.Equal(["a"], (await Store.AddSigningKeyAsync(Key("a"), after: null, Stop)).Select(key => key.Id));
        Assert.Equal(["a"], (await Store.AddSigningKeyAsync(Key("late"), after: null, Stop)).Select(key => key.Id));
        Assert.NotNull((await Store.ListSigningKeysAsync(Stop))[0].PrivateKey);
        await Store.AddSigningKeyAsync(Key("b"), after: "a", Stop);
        Assert.Equal(["b", "a"], (await Store.AddSigningKeyAsync(Key("late"), after: "a", Stop)).Select(key => key.Id));
        await ReopenAsync();

        var keys = await Store.ListSigningKeysAsync(Stop);
        Assert.Equal(["b", "a"], keys.Select(key => key.Id));
        Assert.Equal(Bytes("secret b"), keys[0].PrivateKey);
        Assert.Null(keys[1].PrivateKey);
        Assert.Equal((Clock.GetUtcNow(), "open a"), (keys[1].CreateTime, Text(keys[1].PublicKey)));
        Assert.Null((await Store.AddSigningKeyAsync(Key("c") with { PrivateKey = null }, after: "b", Stop))[0].PrivateKey);
    }

    [Fact]
    public async Task Of_many_who_replace_the_same_key_one_does()
    {
        var seen = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Store.AddSigningKeyAsync(Key($"{i}"), after: null, Stop)));
        Assert.All(seen, keys => Assert.Equal(seen[0][0].Id, Assert.Single(keys).Id));
    }

    private static void AssertSame(Creation expected, Creation actual)
    {
        Assert.Equal((expected.Name, expected.Sequence, expected.Time), (actual.Name, actual.Sequence, actual.Time));
        Assert.Equal(expected.ContentDigest, actual.ContentDigest);
    }

    private StoredKey Key(string id) => new(id, Clock.GetUtcNow(), Bytes("open " + id), Bytes("secret " + id));

    private async Task SettleAsync(Settlement settlement)
    {
        var claimed = Assert.Single(await Store.ClaimAsync(Target, 1, TimeSpan.FromMinutes(1), Stop));
        Assert.Equal(SettleResult.Settled, await Store.SettleAsync(claimed, settlement, Stop));
    }
}
