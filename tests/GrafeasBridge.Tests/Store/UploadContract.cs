using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Uploads: kept with their occurrences, all or none, once.</summary>
public abstract class UploadContract : StoreContract
{
    [Fact]
    public async Task An_upload_comes_back_as_it_went_in_also_after_the_store_was_closed()
    {
        await AddNoteAsync();
        byte[] content = [0, 1, 2, 255, (byte)'\n'];
        await Store.AddOccurrencesAsync([Occurrence(Names(Web("1.0"))), Occurrence()], Upload("a", content), Stop);
        Assert.Equal(content, await Store.FindUploadAsync("ci", "a", Stop));
        await ReopenAsync();
        Assert.Equal(content, await Store.FindUploadAsync("ci", "a", Stop));
        Assert.Equal(2, (await Store.ListOccurrencesAsync("ci", 0, 10, Stop)).Count);
    }

    [Fact]
    public async Task An_upload_belongs_to_its_project()
    {
        await AddNoteAsync();
        await Store.AddOccurrencesAsync([Occurrence()], Upload("a", Bytes("a")), Stop);
        Assert.Null(await Store.FindUploadAsync("ci", "b", Stop));
        Assert.Null(await Store.FindUploadAsync("cd", "a", Stop));
        await Store.AddOccurrencesAsync([Occurrence(project: "cd")], Upload("a", Bytes("other"), "cd"), Stop);
        Assert.Equal("a", Text(await Store.FindUploadAsync("ci", "a", Stop)));
        Assert.Equal("other", Text(await Store.FindUploadAsync("cd", "a", Stop)));
    }

    [Fact]
    public async Task A_refused_occurrence_takes_the_upload_and_the_others_with_it()
    {
        await AddNoteAsync();
        await RefusedAsync(
            StoreFailure.NotFound,
            () => Store.AddOccurrencesAsync([Occurrence(), Occurrence(note: "none")], Upload("a", Bytes("a")), Stop),
            index: 1);
        var taken = Occurrence();
        await AddAsync(taken);
        await RefusedAsync(
            StoreFailure.AlreadyExists,
            () => Store.AddOccurrencesAsync([Occurrence(Names(Web("1.0"))), Occurrence() with { Id = taken.Id }], Upload("a", Bytes("a")), Stop),
            index: 1);
        Assert.Null(await Store.FindUploadAsync("ci", "a", Stop));
        Assert.Single(await Store.ListOccurrencesAsync("ci", 0, 10, Stop));
        Assert.Null(await Store.FindVersionAsync(Target, Web("1.0"), Stop));
    }

    [Fact]
    public async Task The_same_upload_from_sixty_four_callers_at_once_is_kept_once()
    {
        await AddNoteAsync();
        var added = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Store.AddOccurrencesAsync(
            [Occurrence(Names(Web("1.0")), request: "a 0", content: "first"), Occurrence(request: "a 1", content: "second")],
            Upload("a", Bytes("a")),
            Stop)));
        Assert.Single(added, one => !one[0].Repeated && !one[1].Repeated);
        Assert.Equal(63, added.Count(one => one[0].Repeated && one[1].Repeated));
        Assert.Equal(2, (await Store.ListOccurrencesAsync("ci", 0, 10, Stop)).Count);
        Assert.Equal("a", Text(await Store.FindUploadAsync("ci", "a", Stop)));
    }

    [Fact]
    public async Task Sent_again_an_upload_brings_back_only_what_was_deleted_since()
    {
        await AddNoteAsync();
        NewOccurrence[] Occurrences() => [Occurrence(request: "a 0", content: "first"), Occurrence(request: "a 1", content: "second")];
        var first = Occurrences();
        await Store.AddOccurrencesAsync(first, Upload("a", Bytes("a")), Stop);
        await Store.DeleteOccurrenceAsync("ci", first[1].Id, Stop);
        Assert.Equal("a", Text(await Store.FindUploadAsync("ci", "a", Stop)));
        var again = await Store.AddOccurrencesAsync(Occurrences(), Upload("a", Bytes("a")), Stop);
        Assert.Equal([true, false], again.Select(one => one.Repeated));
    }

    [Fact]
    public async Task Empty_and_large_uploads_are_kept_whole()
    {
        await AddNoteAsync();
        var large = new byte[3_000_000];
        new Random(7).NextBytes(large);
        await Store.AddOccurrencesAsync([Occurrence()], Upload("large", large), Stop);
        await Store.AddOccurrencesAsync([Occurrence()], Upload("empty", []), Stop);
        Assert.Equal(large, await Store.FindUploadAsync("ci", "large", Stop));
        Assert.Empty((await Store.FindUploadAsync("ci", "empty", Stop))!);
    }

    private NewUpload Upload(string gitoid, byte[] content, string project = "ci") => new(project, gitoid, Clock.GetUtcNow(), content);
}
