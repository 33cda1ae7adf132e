using System.Globalization;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Store;

/// <summary>What several bridges owe each other when they write to one database at once.</summary>
[Needs(Need.Postgres)]
public sealed class PostgresWritersTests : StoreContract
{
    private static readonly PackageCoordinates Package = Web("any").InPackage;

    private IBridgeStore Other { get; set; } = null!;

    internal override StoreBackend NewBackend() => new PostgresBackend();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Other = await Backend.OpenAsync(Clock, Factory, Targets);
        await AddNoteAsync();
    }

    [Fact]
    public async Task A_lesson_and_a_reference_that_come_at_once_find_each_other()
    {
        var references = Enumerable.Range(0, 60).Select(i => Occurrence(Refers(
            new DigestReference(i % 3 == 0 ? null : Package, Key(i % 20), i % 2 == 0 ? Web("stand-in-" + (i % 20)) : null)))).ToList();
        var lessons = Enumerable.Range(0, 20).Select(i => Occurrence(Teaches(Key(i), Web($"{i}")))).ToList();
        await TogetherAsync([.. references.Concat(lessons).Select(Adding)]);

        for (var i = 0; i < references.Count; i++)
            Assert.Equal([(i % 20).ToString(CultureInfo.InvariantCulture)], await VersionsOfAsync(references[i]));
        Assert.Empty(await Store.ListUnmappedAsync("ci", 0, 100, Stop));
        foreach (var i in Enumerable.Range(0, 20))
            Assert.Empty(await ContentsOfAsync(Web("stand-in-" + i)));
    }

    [Fact]
    public async Task Two_digests_of_one_stand_in_that_are_taught_at_once_withdraw_it()
    {
        var scans = Enumerable.Range(0, 30).Select(i => Occurrence(Refers(
            new DigestReference(Package, Key(2 * i), Web("s" + i)), new DigestReference(Package, Key((2 * i) + 1), Web("s" + i))))).ToList();
        foreach (var scan in scans)
            await AddAsync(scan);
        await TogetherAsync([.. Enumerable.Range(0, 60).Select(i => Adding(Occurrence(Teaches(Key(i), Web($"{i}")))))]);
        for (var i = 0; i < scans.Count; i++)
            Assert.Equal([$"{2 * i}", $"{(2 * i) + 1}"], (await VersionsOfAsync(scans[i])).OrderBy(int.Parse));
    }

    [Fact]
    public async Task A_request_that_both_are_sent_is_stored_once_and_repeated_once()
    {
        for (var round = 0; round < 40; round++)
        {
            var request = $"r{round}";
            var added = await Task.WhenAll(new[] { Store, Other }.Select(
                store => store.AddOccurrencesAsync([Occurrence(Names(Web("1")), request: request, content: "same"), Occurrence()], Stop)));
            Assert.Single(added, one => !one[0].Repeated);
            Assert.Equal(added[0][0].Creation.Name, added[1][0].Creation.Name);
        }

        Assert.Equal(40, (await ContentsOfAsync(Web("1"))).Count);
    }

    [Fact]
    public async Task A_name_that_both_take_is_refused_to_one()
    {
        for (var round = 0; round < 20; round++)
        {
            var occurrence = Occurrence(Names(Web("1")));
            var outcomes = await Task.WhenAll(new[] { Store, Other }.Select(store => OutcomeAsync(store.AddOccurrencesAsync([occurrence], Stop))));
            Assert.Equal([null, StoreFailure.AlreadyExists], outcomes.Order());
        }

        Assert.Equal(20, (await ContentsOfAsync(Web("1"))).Count);
    }

    [Fact]
    public async Task Versions_that_both_mark_are_made_once_and_their_revisions_grow()
    {
        var work = Enumerable.Range(0, 200).Select(i => Adding(Occurrence(Names(Web($"{i % 7}"), Web($"{(i + 3) % 7}"))))).ToArray();
        await TogetherAsync(work);
        foreach (var i in Enumerable.Range(0, 7))
        {
            Assert.Equal(Enumerable.Range(0, 200).Count(n => n % 7 == i || (n + 3) % 7 == i), (await ContentsOfAsync(Web($"{i}"))).Count);
            Assert.True((await Store.FindVersionAsync(Target, Web($"{i}"), Stop))!.Revision >= 2);
        }
    }

    [Fact]
    public async Task An_occurrence_whose_note_goes_meanwhile_is_stored_or_refused_and_nothing_between()
    {
        for (var round = 0; round < 20; round++)
        {
            await AddNoteAsync(id: $"n{round}");
            var occurrence = Occurrence(Names(Web($"{round}")), note: $"n{round}");
            var adding = OutcomeAsync(Store.AddOccurrencesAsync([occurrence], Stop));
            await Other.DeleteNoteAsync("ci", $"n{round}", Stop);
            var outcome = await adding;
            Assert.True(outcome is null or StoreFailure.NotFound);
            Assert.Equal(outcome is null, await Store.FindVersionAsync(Target, Web($"{round}"), Stop) is not null);
            Assert.Equal(outcome is null, await Other.FindOccurrenceAsync("ci", occurrence.Id, Stop) is not null);
        }
    }

    [Fact]
    public async Task An_occurrence_that_is_changed_or_deleted_while_its_digest_is_taught_ends_where_it_belongs()
    {
        var placement = Refers(new DigestReference(Package, Key(0), null));
        for (var round = 0; round < 20; round++)
        {
            var (changed, deleted, moved) = (Occurrence(placement), Occurrence(placement), Occurrence(placement));
            await Store.AddOccurrencesAsync([changed, deleted, moved], Stop);
            var version = Web($"v{round}");
            await Task.WhenAll(
                Other.AddOccurrencesAsync([Occurrence(Teaches(Key(0), version))], Stop),
                Store.UpdateOccurrenceAsync("ci", changed.Id, _ => changed with { VersionResolution = placement }, Stop),
                Store.UpdateOccurrenceAsync("ci", moved.Id, _ => moved with { VersionResolution = Nowhere() }, Stop),
                Store.DeleteOccurrenceAsync("ci", deleted.Id, Stop));

            Assert.Contains($"v{round}", await VersionsOfAsync(changed));
            Assert.Empty(await VersionsOfAsync(moved));
            Assert.DoesNotContain(Text(deleted.Content), await ContentsOfAsync(version));
            Assert.DoesNotContain(Text(moved.Content), await ContentsOfAsync(version));
        }
    }

    [Fact]
    public async Task A_target_that_is_added_while_versions_are_made_has_them_all()
    {
        var third = await Backend.OpenAsync(Clock, Factory, [Target, "mirror"]);
        var creating = TogetherAsync([.. Enumerable.Range(0, 300).Select(i => Adding(Occurrence(Names(Web($"{i}")))))]);
        await third.EnsureTargetsAsync([Target, "mirror"], Stop);
        await creating;
        Assert.Equal(300, (await third.BacklogAsync("mirror", Stop)).Count);
    }

    [Fact]
    public async Task A_bridge_that_starts_with_fewer_targets_takes_none_away_that_another_has()
    {
        var third = await Backend.OpenAsync(Clock, Factory, [Target, "mirror"]);
        await third.EnsureTargetsAsync([Target, "mirror"], Stop);
        await Store.EnsureTargetsAsync([Target], Stop);
        await AddAsync(Occurrence(Names(Web("1"))));
        Assert.Equal(1, (await third.BacklogAsync("mirror", Stop)).Count);
    }

    [Fact]
    public async Task A_text_that_cannot_be_kept_costs_nobody_else_anything()
    {
        var good = Enumerable.Range(0, 60).Select(i => Occurrence(Names(Web($"{i}")))).ToList();
        var bad = Enumerable.Range(0, 4).Select(_ => Occurrence(Names(Web("nul")) with { Commits = ["a\0b"] })).ToList();
        var outcomes = await Task.WhenAll(good.Concat(bad).OrderBy(o => o.Id[^1]).Select(
            async occurrence => (occurrence, Outcome: await OutcomeAsync(Store.AddOccurrencesAsync([occurrence], Stop)))));
        Assert.All(outcomes, one => Assert.Equal(bad.Contains(one.occurrence) ? StoreFailure.NotStorable : null, one.Outcome));
        Assert.Null(await Store.FindVersionAsync(Target, Web("nul"), Stop));
        Assert.Equal(60, (await Store.BacklogAsync(Target, Stop)).Count);
    }

    private static string Key(int number) => "sha256:" + number.ToString("x64", CultureInfo.InvariantCulture);

    private Func<IBridgeStore, Task> Adding(NewOccurrence occurrence) => store => store.AddOccurrencesAsync([occurrence], Stop);

    /// <summary>Half of the work by each store, in an order that is the same in every run, all at once.</summary>
    private async Task TogetherAsync(Func<IBridgeStore, Task>[] work)
    {
        new Random(17).Shuffle(work);
        await Task.WhenAll(work.Select((one, i) => Task.Run(() => one(i % 2 == 0 ? Store : Other), Stop)));
    }

    private async Task<IReadOnlyList<string>> VersionsOfAsync(NewOccurrence occurrence) =>
        [.. (await Store.FindOccurrenceVersionsAsync(occurrence.Project, occurrence.Id, Stop))!.Value.Versions.Select(row => row.Coordinates.Version)];

    private static async Task<StoreFailure?> OutcomeAsync(Task call)
    {
        try
        {
            await call;
            return null;
        }
        catch (StoreException e)
        {
            return e.Failure;
        }
    }
}
