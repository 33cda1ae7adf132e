using GrafeasBridge.Store;

namespace GrafeasBridge.Tests.Store;

/// <summary>Projects and notes.</summary>
public abstract class GrafeasContract : StoreContract
{
    [Fact]
    public async Task A_project_is_there_once_and_until_it_is_deleted()
    {
        Assert.False(await Store.HasProjectAsync("ci", Stop));
        await Store.AddProjectAsync("ci", Stop);
        Assert.True(await Store.HasProjectAsync("ci", Stop));
        await RefusedAsync(StoreFailure.AlreadyExists, () => Store.AddProjectAsync("ci", Stop));

        await Store.DeleteProjectAsync("ci", Stop);
        Assert.False(await Store.HasProjectAsync("ci", Stop));
        await RefusedAsync(StoreFailure.NotFound, () => Store.DeleteProjectAsync("ci", Stop));
    }

    [Fact]
    public async Task Deleting_a_project_keeps_its_notes_and_occurrences()
    {
        await Store.AddProjectAsync("ci", Stop);
        await AddNoteAsync();
        var occurrence = Occurrence();
        await AddAsync(occurrence);
        await Store.DeleteProjectAsync("ci", Stop);

        Assert.NotNull(await Store.FindNoteAsync("ci", "builds", Stop));
        Assert.Equal(Text(occurrence.Content), Text(await Store.FindOccurrenceAsync("ci", occurrence.Id, Stop)));
    }

    [Fact]
    public async Task Pages_of_projects_are_stable_while_projects_come_and_go()
    {
        foreach (var name in new[] { "zeta", "alpha", "mid" })
            await Store.AddProjectAsync(name, Stop);
        var first = await Store.ListProjectsAsync(0, 2, Stop);
        Assert.Equal(["zeta", "alpha"], first.Select(p => p.Id));

        await Store.DeleteProjectAsync("zeta", Stop);
        await Store.AddProjectAsync("zeta", Stop);
        var rest = await Store.ListProjectsAsync(first[^1].Sequence, 10, Stop);
        Assert.Equal(["mid", "zeta"], rest.Select(p => p.Id));
        Assert.Empty(await Store.ListProjectsAsync(rest[^1].Sequence, 10, Stop));
    }

    [Fact]
    public async Task The_place_of_a_deleted_project_is_not_given_to_the_next_one()
    {
        await Store.AddProjectAsync("a", Stop);
        await Store.AddProjectAsync("b", Stop);
        var seen = (await Store.ListProjectsAsync(0, 10, Stop))[^1].Sequence;
        await Store.DeleteProjectAsync("b", Stop);
        await ReopenAsync();
        await Store.AddProjectAsync("c", Stop);

        Assert.Equal("c", Assert.Single(await Store.ListProjectsAsync(seen, 10, Stop)).Id);
    }

    [Fact]
    public async Task Notes_are_stored_all_or_none()
    {
        await AddNoteAsync(id: "taken");
        NewNote[] batch = [new("ci", "one", Build, Bytes("1")), new("ci", "two", Build, Bytes("2")), new("ci", "taken", Build, Bytes("3"))];
        await RefusedAsync(StoreFailure.AlreadyExists, () => Store.AddNotesAsync(batch, Stop), index: 2);
        Assert.Null(await Store.FindNoteAsync("ci", "one", Stop));

        NewNote[] twins = [new("ci", "twin", Build, Bytes("1")), new("ci", "twin", Build, Bytes("2"))];
        await RefusedAsync(StoreFailure.AlreadyExists, () => Store.AddNotesAsync(twins, Stop), index: 1);
        Assert.Null(await Store.FindNoteAsync("ci", "twin", Stop));

        await Store.AddNotesAsync(batch[..2], Stop);
        Assert.Equal("2", Text(await Store.FindNoteAsync("ci", "two", Stop)));
    }

    [Fact]
    public async Task A_note_belongs_to_its_project_alone()
    {
        await AddNoteAsync(project: "one", id: "same");
        await AddNoteAsync(project: "two", id: "same");
        await Store.DeleteNoteAsync("one", "same", Stop);

        Assert.Null(await Store.FindNoteAsync("one", "same", Stop));
        Assert.NotNull(await Store.FindNoteAsync("two", "same", Stop));
        Assert.Single(await Store.ListNotesAsync("two", 0, 10, Stop));
        Assert.Empty(await Store.ListNotesAsync("one", 0, 10, Stop));
    }

    [Fact]
    public async Task Changes_of_a_note_by_many_at_once_are_all_kept()
    {
        await AddNoteAsync();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            Store.UpdateNoteAsync("ci", "builds", note => Longer(note, '+'), Stop)));
        Assert.Equal("note builds" + new string('+', 50), Text(await Store.FindNoteAsync("ci", "builds", Stop)));
    }

    [Fact]
    public async Task What_a_change_of_a_note_throws_ends_the_call_and_changes_nothing()
    {
        await AddNoteAsync();
        await Assert.ThrowsAsync<FormatException>(() =>
            Store.UpdateNoteAsync("ci", "builds", _ => throw new FormatException("mask"), Stop));
        Assert.Equal("note builds", Text(await Store.FindNoteAsync("ci", "builds", Stop)));
        await RefusedAsync(StoreFailure.NotFound, () => Store.UpdateNoteAsync("ci", "none", note => note, Stop));
        await RefusedAsync(StoreFailure.NotFound, () => Store.DeleteNoteAsync("ci", "none", Stop));
    }

    [Fact]
    public async Task Notes_are_listed_in_the_order_in_which_they_were_stored()
    {
        string[] ids = ["m", "a", "z", "b"];
        foreach (var id in ids)
            await AddNoteAsync(id: id);
        var first = await Store.ListNotesAsync("ci", 0, 3, Stop);
        var rest = await Store.ListNotesAsync("ci", first[^1].Sequence, 3, Stop);
        Assert.Equal(ids.Select(id => "note " + id), first.Concat(rest).Select(item => Text(item.Message)));
    }

    [Fact]
    public async Task Everything_is_still_there_after_a_restart()
    {
        await Store.AddProjectAsync("ci", Stop);
        await AddNoteAsync();
        await AddAsync(Occurrence());
        await ReopenAsync();

        Assert.True(await Store.HasProjectAsync("ci", Stop));
        Assert.NotNull(await Store.FindNoteAsync("ci", "builds", Stop));
        Assert.Single(await Store.ListOccurrencesAsync("ci", 0, 10, Stop));
        await RefusedAsync(StoreFailure.AlreadyExists, () => AddNoteAsync(), index: 0);
    }

    [Fact]
    public async Task A_secret_is_made_once_and_stays()
    {
        var secret = await Store.SharedSecretAsync("pages", Stop);
        Assert.Equal(32, secret.Length);
        Assert.NotEqual(secret, await Store.SharedSecretAsync("receipts", Stop));
        await ReopenAsync();
        Assert.Equal(secret, await Store.SharedSecretAsync("pages", Stop));
    }

    [Fact]
    public async Task A_store_that_works_says_that_it_can_be_written() => await Store.CheckWritableAsync(Stop);

    [Fact]
    public async Task A_call_that_was_cancelled_before_it_began_writes_nothing()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.AddProjectAsync("ci", gone.Token));
        Assert.False(await Store.HasProjectAsync("ci", Stop));
    }
}
