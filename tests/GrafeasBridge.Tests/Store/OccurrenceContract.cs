using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Occurrences: stored all or none, recognised when sent again, listed in order.</summary>
public abstract class OccurrenceContract : StoreContract
{
    [Fact]
    public async Task An_occurrence_without_its_note_is_refused_with_its_place()
    {
        await AddNoteAsync();
        var good = Occurrence();
        var refusal = await RefusedAsync(
            StoreFailure.NotFound, () => Store.AddOccurrencesAsync([good, Occurrence(note: "none")], Stop), index: 1);
        Assert.Contains("projects/ci/notes/none", refusal.Message, StringComparison.Ordinal);
        Assert.Null(await Store.FindOccurrenceAsync("ci", good.Id, Stop));
        await RefusedAsync(StoreFailure.NotFound, () => AddAsync(Occurrence(note: "none")), index: 0);
    }

    [Fact]
    public async Task An_occurrence_of_another_kind_than_its_note_is_refused()
    {
        await AddNoteAsync();
        var refusal = await RefusedAsync(StoreFailure.KindMismatch, () => AddAsync(Occurrence(kind: Attestation)), index: 0);
        Assert.Contains("ATTESTATION", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("BUILD", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await Store.ListOccurrencesAsync("ci", 0, 10, Stop));
    }

    [Fact]
    public async Task A_note_that_is_deleted_takes_no_more_occurrences_until_it_is_made_again()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence());
        await Store.DeleteNoteAsync("ci", "builds", Stop);
        await RefusedAsync(StoreFailure.NotFound, () => AddAsync(Occurrence()), index: 0);
        Assert.Single(await Store.ListOccurrencesAsync("ci", 0, 10, Stop));

        await AddNoteAsync(kind: Attestation);
        await AddAsync(Occurrence(kind: Attestation));
        Assert.Equal(2, (await Store.ListNoteOccurrencesAsync("ci", "builds", null, 0, 10, Stop)).Count);
    }

    [Fact]
    public async Task The_same_request_again_is_answered_with_what_it_stored_first()
    {
        await AddNoteAsync();
        var first = await AddAsync(Occurrence(request: "build-7", content: "same"));
        var again = await AddAsync(Occurrence(request: "build-7", content: "same") with { Content = Bytes("same, with another id") });

        Assert.False(first.Repeated);
        Assert.True(again.Repeated);
        Assert.Equal("same", Text(again.Message));
        Assert.Equal(first.UnmappedReason, again.UnmappedReason);
        Assert.Single(await Store.ListOccurrencesAsync("ci", 0, 10, Stop));
    }

    [Fact]
    public async Task The_same_request_with_other_content_is_refused()
    {
        await AddNoteAsync();
        var first = Occurrence(request: "build-7", content: "one");
        await AddAsync(first);
        var refusal = await RefusedAsync(
            StoreFailure.AlreadyExists, () => AddAsync(Occurrence(request: "build-7", content: "other")), index: 0);
        Assert.Contains(first.Name, refusal.Message, StringComparison.Ordinal);

        // Another project may use the same id.
        Assert.False((await AddAsync(Occurrence(project: "cd", request: "build-7", content: "other"))).Repeated);
    }

    [Fact]
    public async Task A_batch_may_hold_the_same_request_twice()
    {
        await AddNoteAsync();
        var added = await Store.AddOccurrencesAsync(
            [Occurrence(request: "r", content: "same"), Occurrence(), Occurrence(request: "r", content: "same")], Stop);
        Assert.Equal([false, false, true], added.Select(a => a.Repeated));
        Assert.Equal("same", Text(added[2].Message));
        Assert.Equal(2, (await Store.ListOccurrencesAsync("ci", 0, 10, Stop)).Count);

        await RefusedAsync(
            StoreFailure.AlreadyExists,
            () => Store.AddOccurrencesAsync([Occurrence(request: "q", content: "a"), Occurrence(request: "q", content: "b")], Stop),
            index: 1);
        Assert.Equal(2, (await Store.ListOccurrencesAsync("ci", 0, 10, Stop)).Count);
    }

    [Fact]
    public async Task A_repeat_is_recognised_though_its_note_has_gone()
    {
        await AddNoteAsync();
        await AddAsync(Occurrence(request: "r", content: "same"));
        await Store.DeleteNoteAsync("ci", "builds", Stop);
        Assert.True((await AddAsync(Occurrence(request: "r", content: "same"))).Repeated);
    }

    [Fact]
    public async Task A_request_sent_by_sixty_four_callers_at_once_is_stored_once()
    {
        await AddNoteAsync();
        var added = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => AddAsync(Occurrence(request: "r", content: "same"))));
        Assert.Single(added, a => !a.Repeated);
        Assert.All(added, a => Assert.Equal("same", Text(a.Message)));
        Assert.Single(await Store.ListOccurrencesAsync("ci", 0, 10, Stop));
    }

    [Fact]
    public async Task Sixty_four_callers_store_each_of_theirs_exactly_once()
    {
        await AddNoteAsync();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async caller =>
        {
            for (var i = 0; i < 25; i++)
                await AddAsync(Occurrence(Names(Web("1.0")), content: $"{caller}/{i}", request: $"{caller}/{i}"));
        }));

        var stored = (await Store.ListOccurrencesAsync("ci", 0, 5000, Stop)).Select(item => Text(item.Message)).ToList();
        Assert.Equal(64 * 25, stored.Distinct().Count());
        Assert.Equal(64 * 25, stored.Count);
        Assert.Equal(64 * 25, (await ContentsOfAsync(Web("1.0"))).Distinct().Count());
    }

    [Fact]
    public async Task One_bad_call_among_many_spoils_no_other()
    {
        await AddNoteAsync();
        var taken = Occurrence(request: "taken");
        await AddAsync(taken);
        var calls = Enumerable.Range(0, 60).Select(i => (i % 6) switch
        {
            1 => Outcome(() => AddAsync(Occurrence(note: "none"))),
            2 => Outcome(() => AddAsync(Occurrence(kind: Attestation))),
            3 => Outcome(() => AddAsync(taken with { ContentHash = Bytes("other") })),
            4 => Outcome(() => Store.AddOccurrencesAsync([Occurrence(), Occurrence() with { Id = taken.Id }], Stop)),
            5 => Outcome(() => Store.UpdateOccurrenceAsync("ci", taken.Id, _ => throw new StoreException(StoreFailure.NotFound, "x"), Stop)),
            _ => Outcome(() => AddAsync(Occurrence(Names(Web($"{i}"))))),
        });
        var outcomes = await Task.WhenAll(calls);

        Assert.Equal(10, outcomes.Count(outcome => outcome is null));
        Assert.Equal(11, (await Store.ListOccurrencesAsync("ci", 0, 1000, Stop)).Count);
        Assert.Equal(10, (await Store.ListVersionsAsync(new VersionFilter(), 0, 1000, Stop)).Count);
    }

    [Fact]
    public async Task An_id_that_is_taken_is_refused_and_leaves_nothing_behind()
    {
        await AddNoteAsync();
        var first = Occurrence();
        await AddAsync(first);
        await RefusedAsync(
            StoreFailure.AlreadyExists, () => AddAsync(Occurrence(Names(Web("9"))) with { Id = first.Id }), index: 0);
        Assert.Null(await Store.FindVersionAsync(Target, Web("9"), Stop));
        Assert.Equal(Text(first.Content), Text(await Store.FindOccurrenceAsync("ci", first.Id, Stop)));
    }

    [Fact]
    public async Task Occurrences_are_listed_by_project_and_by_note_without_gap_or_repeat()
    {
        await AddNoteAsync();
        await AddNoteAsync(id: "other");
        foreach (var i in Enumerable.Range(0, 30))
            await AddAsync(Occurrence(project: $"p{i % 3}", note: i % 2 == 0 ? "builds" : "other", content: $"{i}"));

        Assert.Equal(["1", "4", "7", "10", "13", "16", "19", "22", "25", "28"], await AllAsync((after, limit) => Store.ListOccurrencesAsync("p1", after, limit, Stop)));
        Assert.Equal(
            Enumerable.Range(0, 15).Select(i => $"{2 * i}"),
            await AllAsync((after, limit) => Store.ListNoteOccurrencesAsync("ci", "builds", null, after, limit, Stop)));
        Assert.Equal(
            ["0", "2", "6", "8", "12", "14", "18", "20", "24", "26"],
            await AllAsync((after, limit) => Store.ListNoteOccurrencesAsync("ci", "builds", ["p0", "p2", "unheard"], after, limit, Stop)));
        Assert.Empty(await Store.ListNoteOccurrencesAsync("ci", "builds", [], 0, 10, Stop));
        Assert.Empty(await Store.ListNoteOccurrencesAsync("ci", "none", null, 0, 10, Stop));
        Assert.Empty(await Store.ListOccurrencesAsync("unheard", 0, 10, Stop));
    }

    [Fact]
    public async Task Any_text_and_any_bytes_come_back_as_they_went_in()
    {
        var project = "prüfung-" + new string('x', 700) + "-\U0001F680";
        await AddNoteAsync();
        var content = new byte[200_000];
        new Random(7).NextBytes(content);
        var occurrence = Occurrence(project: project) with { Content = content, ResourceUri = "" };
        await AddAsync(occurrence);
        Assert.Equal(content, (await Store.FindOccurrenceAsync(project, occurrence.Id, Stop))!.Content);
        Assert.Equal("", Assert.Single(await Store.ListUnmappedAsync(project, 0, 10, Stop)).ResourceUri);

        var empty = Occurrence() with { Content = [] };
        await AddAsync(empty);
        Assert.Empty((await Store.FindOccurrenceAsync("ci", empty.Id, Stop))!.Content);
    }

    [Fact]
    public async Task What_another_version_of_the_API_wrote_is_kept_beside_the_content_and_changes_with_it()
    {
        await Store.AddNotesAsync([new NewNote("ci", "builds", Build, Bytes("note"), Bytes("note as written"))], Stop);
        var occurrence = Occurrence(request: "r", content: "same") with { Original = Bytes("as written") };
        var plain = Occurrence();
        await AddAsync(occurrence);
        await AddAsync(plain);

        Assert.Equal("note as written", Text((await Store.FindNoteAsync("ci", "builds", Stop))!.Original));
        Assert.Equal("note as written", Text(Assert.Single(await Store.ListNotesAsync("ci", 0, 10, Stop)).Message.Original));
        Assert.Equal("as written", Text((await AddAsync(Occurrence(request: "r", content: "same"))).Message.Original));
        var listed = await Store.ListOccurrencesAsync("ci", 0, 10, Stop);
        Assert.Equal("as written", Text(listed[0].Message.Original));
        Assert.Null(listed[1].Message.Original);

        await Store.UpdateNoteAsync("ci", "builds", note => note with { Original = null }, Stop);
        await Store.UpdateOccurrenceAsync("ci", occurrence.Id, _ => occurrence with { Original = Bytes("changed") }, Stop);
        Assert.Null((await Store.FindNoteAsync("ci", "builds", Stop))!.Original);
        Assert.Equal("changed", Text((await Store.FindOccurrenceAsync("ci", occurrence.Id, Stop))!.Original));
    }

    [Fact]
    public async Task A_deleted_occurrence_is_gone_and_its_request_may_be_sent_again()
    {
        await AddNoteAsync();
        var occurrence = Occurrence(request: "r");
        await AddAsync(occurrence);
        await Store.DeleteOccurrenceAsync("ci", occurrence.Id, Stop);
        Assert.Null(await Store.FindOccurrenceAsync("ci", occurrence.Id, Stop));
        Assert.Empty(await Store.ListUnmappedAsync("ci", 0, 10, Stop));
        await RefusedAsync(StoreFailure.NotFound, () => Store.DeleteOccurrenceAsync("ci", occurrence.Id, Stop));
        Assert.False((await AddAsync(Occurrence(request: "r"))).Repeated);
    }

    private static async Task<StoreFailure?> Outcome(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (StoreException e)
        {
            return e.Failure;
        }
    }

    private static async Task<List<string>> AllAsync(Func<long, int, Task<IReadOnlyList<StoredItem>>> list)
    {
        var all = new List<string>();
        for (long after = 0; ;)
        {
            var page = await list(after, 4);
            if (page.Count == 0)
                return all;
            all.AddRange(page.Select(item => Text(item.Message)));
            after = page[^1].Sequence;
        }
    }
}
