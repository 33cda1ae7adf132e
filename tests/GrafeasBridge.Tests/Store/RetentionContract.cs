using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Old occurrences go, what they give stays, and what is not verified is not touched.</summary>
public abstract class RetentionContract : StoreContract
{
    private const string Second = "second";
    private static readonly TimeSpan Age = TimeSpan.FromDays(30);

    internal override IReadOnlyList<string> Targets => [Target, Second];

    [Fact]
    public async Task Old_occurrences_of_a_verified_version_go_and_its_row_stays_as_it_is()
    {
        await AddNoteAsync();
        var old = Occurrence(Names(Web("1")), request: "r") with { VersionResolution = Names(Web("1")) with { Commits = [new string('a', 40)] } };
        var added = await AddAsync(old);
        await VerifyEverywhereAsync();
        Clock.Advance(Age + TimeSpan.FromSeconds(1));
        var young = Occurrence(Names(Web("1")));
        await AddAsync(young);
        await VerifyEverywhereAsync();
        var before = await Store.FindVersionAsync(Target, Web("1"), Stop);

        Assert.Equal(1, await RetireAllAsync("state"));
        Assert.Equal(before, await Store.FindVersionAsync(Target, Web("1"), Stop));
        Assert.Equal([Text(young.Content)], await ContentsOfAsync(Web("1")));
        var folded = (await Store.FindFoldedAsync(Web("1"), Stop))!;
        Assert.Equal(("state", 1L, old.CreateTime), (Text(folded.State), folded.Occurrences, folded.Newest));
        Assert.Equal(1, await Store.CountFoldedAsync(Web("1"), Stop));

        Assert.Null(await Store.FindOccurrenceAsync("ci", old.Id, Stop));
        Assert.Null(await Store.FindOccurrenceVersionsAsync("ci", old.Id, Stop));
        await RefusedAsync(StoreFailure.NotFound, () => Store.DeleteOccurrenceAsync("ci", old.Id, Stop));
        await RefusedAsync(StoreFailure.NotFound, () => Store.UpdateOccurrenceAsync("ci", old.Id, _ => old, Stop));
        Assert.Single(await Store.ListOccurrencesAsync("ci", 0, 10, Stop));
        var (creation, message) = (await Store.FindCreationAsync("ci", old.Id, Stop))!.Value;
        Assert.Equal((added.Creation.Sequence, old.CreateTime, 0), (creation.Sequence, creation.Time, message.Content.Length));
        Assert.Equal(added.Creation.ContentDigest, creation.ContentDigest);
        Assert.Single(await Store.ListVersionsAsync(new VersionFilter(Target, Commit: new string('a', 40)), 0, 9, Stop));
        Assert.Equal(0, await RetireAllAsync("none is left"));
    }

    [Fact]
    public async Task A_version_stays_in_sight_of_a_project_whose_occurrences_all_went()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Names(Web("1")), project: "other"));
        await VerifyEverywhereAsync();
        Clock.Advance(Age * 2);
        Assert.Equal(1, await RetireAllAsync("s"));
        Assert.Single(await Store.ListVersionsAsync(new VersionFilter(Target, Projects: ["other"]), 0, 9, Stop));
        Assert.Empty(await Store.ListVersionsAsync(new VersionFilter(Target, Projects: ["ci"]), 0, 9, Stop));
    }

    [Theory]
    [InlineData(nameof(DeliveryState.Pending))]
    [InlineData(nameof(DeliveryState.Delivering))]
    [InlineData(nameof(DeliveryState.Waiting))]
    [InlineData(nameof(DeliveryState.Parked))]
    [InlineData(nameof(DeliveryState.Drifted))]
    public async Task What_is_not_verified_at_every_target_is_not_touched(string state)
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Names(Web("1"))));
        await VerifyAllAsync();
        await BringAsync(Enum.Parse<DeliveryState>(state));
        Clock.Advance(Age * 2);
        Assert.Empty((await ReadAsync()).Occurrences);
        Assert.Single(await ContentsOfAsync(Web("1")));
    }

    [Fact]
    public async Task A_target_that_is_new_holds_back_until_it_carries_the_version_too()
    {
        await AddNoteAsync();
        await Store.EnsureTargetsAsync(Targets, Stop);
        await AddAsync(Occurrence(Names(Web("1"))));
        await VerifyEverywhereAsync();
        Clock.Advance(Age * 2);
        await ReopenAsync(Target, Second, "third");
        Assert.Empty((await ReadAsync()).Occurrences);
        await Store.EnsureTargetsAsync([Target, Second, "third"], Stop);
        Assert.Empty((await ReadAsync()).Occurrences);
        await VerifyAllAsync("third");
        Assert.Equal(1, await RetireAllAsync("s"));

        await ReopenAsync(Target, Second, "third", "fourth");
        await Store.EnsureTargetsAsync([Target, Second, "third", "fourth"], Stop);
        Assert.Equal(Web("1"), Assert.Single(await Store.ClaimAsync("fourth", 9, Age, Stop)).Coordinates);
        Assert.NotNull(await Store.FindFoldedAsync(Web("1"), Stop));
    }

    [Fact]
    public async Task An_occurrence_of_several_versions_goes_when_all_are_verified_and_then_from_all()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Names(Web("1"), Web("2"))));
        await VerifyEverywhereAsync();
        Clock.Advance(Age * 2);
        await Store.RedeliverAsync(Second, Web("2"), Stop);
        Assert.Equal(0, await RetireAllAsync("s"));
        await VerifyEverywhereAsync();
        var part = await ReadAsync();
        Assert.Equal([Web("1"), Web("2")], Assert.Single(part.Occurrences).Versions.Select(i => part.Versions[i].Coordinates));
        Assert.True(await Store.RetireAsync(part, [Bytes("one"), Bytes("two")], Stop));
        Assert.Equal("one", Text((await Store.FindFoldedAsync(Web("1"), Stop))!.State));
        Assert.Equal("two", Text((await Store.FindFoldedAsync(Web("2"), Stop))!.State));
    }

    [Fact]
    public async Task What_changed_since_it_was_read_stays_whole()
    {
        await AddNoteAsync();
        var one = Occurrence(Names(Web("1")));
        await AddAsync(one);
        await AddAsync(Occurrence(Names(Web("2"))));
        await VerifyEverywhereAsync();
        Clock.Advance(Age * 2);
        var part = await ReadAsync();
        byte[][] states = [Bytes("a"), Bytes("b")];

        await Store.UpdateOccurrenceAsync("ci", one.Id, before => one with { Content = Longer(before, '!').Content }, Stop);
        Assert.False(await Store.RetireAsync(part, states, Stop));
        await VerifyEverywhereAsync();
        Assert.False(await Store.RetireAsync(part, states, Stop));
        Assert.Equal(2, (await Store.ListOccurrencesAsync("ci", 0, 9, Stop)).Count);
        Assert.Null(await Store.FindFoldedAsync(Web("2"), Stop));

        part = await ReadAsync();
        Assert.True(await Store.RetireAsync(part, states, Stop));
        Assert.False(await Store.RetireAsync(part, states, Stop));
        Assert.Equal(1, await Store.CountFoldedAsync(Web("1"), Stop));
    }

    [Fact]
    public async Task A_repeat_of_a_request_that_went_is_recognised_until_it_is_forgotten()
    {
        await AddNoteAsync();
        var first = Occurrence(Names(Web("1")), request: "r", content: "same");
        var added = await AddAsync(first);
        await VerifyEverywhereAsync();
        Clock.Advance(Age * 2);
        Assert.Equal(1, await RetireAllAsync("s"));
        await ReopenAsync();

        var repeat = await AddAsync(Occurrence(Names(Web("1")), request: "r", content: "same"));
        Assert.Equal((true, true, first.Name), (repeat.Repeated, repeat.IsRetired, repeat.Creation.Name));
        Assert.Equal(added.Creation.ContentDigest, repeat.Creation.ContentDigest);
        await RefusedAsync(StoreFailure.AlreadyExists, () => AddAsync(Occurrence(request: "r", content: "other")), index: 0);
        Assert.Empty(await ContentsOfAsync(Web("1")));

        Assert.Equal(0, await Store.ForgetRetiredAsync(Clock.GetUtcNow(), 10, Stop));
        Clock.Advance(Age);
        Assert.Equal(1, await Store.ForgetRetiredAsync(Clock.GetUtcNow(), 10, Stop));
        Assert.False((await AddAsync(Occurrence(Names(Web("1")), request: "r", content: "same"))).Repeated);
        Assert.Null(await Store.FindCreationAsync("ci", first.Id, Stop));
        Assert.Equal(1, await Store.CountFoldedAsync(Web("1"), Stop));
    }

    [Fact]
    public async Task What_waits_for_a_tag_stays_and_what_is_unmapped_goes_only_when_that_is_asked_for()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Refers(new DigestReference(Web("1").InPackage, Digest('a'), Web("sha256-aa")))));
        await AddAsync(Occurrence(Refers(new DigestReference(Web("1").InPackage, Digest('b'), null))));
        await VerifyEverywhereAsync();
        Clock.Advance(Age * 2);
        Assert.Empty((await ReadAsync()).Occurrences);

        var part = await Store.ReadAgedAsync(Query() with { Mapped = null, Unmapped = Clock.GetUtcNow() - Age }, Stop);
        Assert.Empty(Assert.Single(part.Occurrences).Versions);
        Assert.True(await Store.RetireAsync(part, [], Stop));
        Assert.Empty(await Store.ListUnmappedAsync("ci", 0, 9, Stop));
        await AddAsync(Occurrence(Teaches(Digest('b'), Web("1"))));
        Assert.Single(await ContentsOfAsync(Web("1")));
        await AddAsync(Occurrence(Teaches(Digest('a'), Web("1"))));
        Assert.Equal(3, (await ContentsOfAsync(Web("1"))).Count);
    }

    [Fact]
    public async Task An_unmapped_occurrence_that_is_mapped_meanwhile_stays()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Refers(new DigestReference(null, Digest('b'), null))));
        Clock.Advance(Age * 2);
        var part = await Store.ReadAgedAsync(Query() with { Unmapped = Clock.GetUtcNow() - Age }, Stop);
        Assert.Single(part.Occurrences);
        await AddAsync(Occurrence(Teaches(Digest('b'), Web("1"))));
        Assert.False(await Store.RetireAsync(part, [], Stop));
        Assert.Equal(2, (await ContentsOfAsync(Web("1"))).Count);
    }

    [Fact]
    public async Task Parts_are_bounded_in_rows_and_bytes_and_together_are_all()
    {
        await AddNoteAsync();
        for (var i = 0; i < 10; i++)
            await AddAsync(Occurrence(Names(Web($"{i % 3}")), content: new string('x', 1000)));
        await VerifyEverywhereAsync();
        Clock.Advance(Age * 2);
        Assert.Equal(4, (await Store.ReadAgedAsync(Query() with { Rows = 4 }, Stop)).Occurrences.Count);
        Assert.Equal(3, (await Store.ReadAgedAsync(Query() with { Bytes = 2500 }, Stop)).Occurrences.Count);
        Assert.Single((await Store.ReadAgedAsync(Query() with { Bytes = 1 }, Stop)).Occurrences);

        Assert.Equal(10, await RetireAllAsync("s", Query() with { Rows = 4 }));
        var counts = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Store.CountFoldedAsync(Web($"{i}"), Stop)));
        Assert.Equal([4L, 3L, 3L], counts);
    }

    [Fact]
    public async Task A_state_for_each_version_is_wanted()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(Names(Web("1"))));
        await VerifyEverywhereAsync();
        Clock.Advance(Age * 2);
        var part = await ReadAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => Store.RetireAsync(part, [], Stop));
    }

    private AgedQuery Query() => new(Clock.GetUtcNow() - Age, null, 0, 100, long.MaxValue);

    private Task<AgedPart> ReadAsync() => Store.ReadAgedAsync(Query(), Stop);

    private async Task<int> RetireAllAsync(string state, AgedQuery? query = null)
    {
        query ??= Query();
        for (var gone = 0; ;)
        {
            var part = await Store.ReadAgedAsync(query, Stop);
            if (part.Occurrences.Count > 0)
                Assert.True(await Store.RetireAsync(part, [.. part.Versions.Select(_ => Bytes(state))], Stop));
            gone += part.Occurrences.Count;
            if (part.IsLast)
                return gone;
            Assert.True(part.Through > query.After, "a part that is not the last gets on");
            query = query with { After = part.Through };
        }
    }

    private async Task VerifyEverywhereAsync()
    {
        foreach (var target in Targets)
            await VerifyAllAsync(target);
    }

    /// <summary>Brings version 1 at the second target into a state.</summary>
    private async Task BringAsync(DeliveryState state)
    {
        if (state == DeliveryState.Pending)
            return;
        var claimed = Assert.Single(await Store.ClaimAsync(Second, 9, Age * 3, Stop));
        if (state == DeliveryState.Delivering)
            return;
        var settlement = state switch
        {
            DeliveryState.Drifted => Verified with { CheckAt = Clock.GetUtcNow() },
            DeliveryState.Waiting => new Settlement(state, "x", "y", Clock.GetUtcNow() + (Age * 3), null),
            _ => new Settlement(state, "x", "y", null, null),
        };
        Assert.Equal(SettleResult.Settled, await Store.SettleAsync(claimed, settlement, Stop));
        if (state != DeliveryState.Drifted)
            return;
        var found = Assert.Single(await Store.ListToCheckAsync(Second, Age, 9, Stop));
        Assert.True(await Store.RecordCheckAsync(found, new CheckResult(state, "x", "y", null), Stop));
    }
}
