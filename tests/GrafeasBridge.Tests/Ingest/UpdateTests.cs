using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Tests.Support;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Updates through the front door: what cannot change, and that a refusal changes nothing.</summary>
[OnBothStores]
public sealed class UpdateTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Grafeas.V1.Grafeas.GrafeasClient Client => fixture.Host.Grafeas;

    [Fact]
    public async Task Resource_note_and_kind_cannot_change_and_nothing_else_changes_with_them()
    {
        var stored = await StoredAsync("fixed");
        var other = stored.Clone();
        (other.ResourceUri, other.NoteName, other.Remediation) = ("https://other", "projects/fixed/notes/m", "new");
        Assert.Equal("occurrence.resource_uri|occurrence.note_name", await Refusals.FieldsAsync(Update(stored.Name, other)));
        var kind = stored.Clone();
        kind.Discovery = new DiscoveryOccurrence();
        Assert.Equal("occurrence.details", await Refusals.FieldsAsync(Update(stored.Name, kind)));
        Assert.Equal("occurrence.details", await Refusals.FieldsAsync(Update(stored.Name, new Occurrence(), "build")));
        Assert.Equal("occurrence.resource_uri", await Refusals.FieldsAsync(Update(stored.Name, new Occurrence(), "resource_uri")));
        Assert.Equal("occurrence.note_name", await Refusals.FieldsAsync(Update(stored.Name, new Occurrence { NoteName = "x" }, "note_name")));
        Assert.Equal(stored, await Client.GetOccurrenceAsync(new GetOccurrenceRequest { Name = stored.Name }, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Naming_what_cannot_change_is_fine_when_it_does_not_change()
    {
        var stored = await StoredAsync("same");
        var updated = await Update(stored.Name, stored, "resource_uri", "note_name", "remediation");
        Assert.Equal(stored.ResourceUri, updated.ResourceUri);
    }

    [Fact]
    public async Task A_malformed_note_name_matters_only_when_it_is_written()
    {
        var stored = await StoredAsync("malformed");
        Occurrence body = new() { NoteName = "malformed", Remediation = "r2" };
        Assert.Equal("r2", (await Update(stored.Name, body, "remediation")).Remediation);
        Assert.Equal("occurrence.note_name", await Refusals.FieldsAsync(Update(stored.Name, body)));
    }

    [Fact]
    public async Task An_update_cannot_make_a_valid_occurrence_or_note_invalid()
    {
        var stored = await StoredAsync("valid");
        Assert.Equal("occurrence.build.provenance.id", await Refusals.FieldsAsync(Update(stored.Name, new Occurrence(), "build.provenance.id")));
        var request = new UpdateNoteRequest { Name = stored.NoteName, Note = new Note { Build = new BuildNote() } };
        Assert.Equal("note.build.builder_version", await Refusals.FieldsAsync(Client.UpdateNoteAsync(request, cancellationToken: Cancelled)));
        request.Note = new Note();
        Assert.Equal("note.type", await Refusals.FieldsAsync(Client.UpdateNoteAsync(request, cancellationToken: Cancelled)));
    }

    [Fact]
    public async Task The_update_time_moves_and_the_creation_stays()
    {
        var stored = await StoredAsync("times");
        var updated = await Update(stored.Name, stored);
        var again = await Update(stored.Name, stored);
        Assert.Equal(stored.CreateTime, again.CreateTime);
        Assert.True(stored.UpdateTime.CompareTo(updated.UpdateTime) < 0 && updated.UpdateTime.CompareTo(again.UpdateTime) < 0);
        Assert.Equal(again, await Client.GetOccurrenceAsync(new GetOccurrenceRequest { Name = stored.Name }, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task The_checks_come_in_their_order()
    {
        Assert.Equal("name", await Refusals.FieldsAsync(Update("bad", new Occurrence(), "bogus")));
        Assert.Equal("update_mask", await Refusals.FieldsAsync(Update("projects/p/occurrences/none", new Occurrence(), "bogus")));
        Assert.Equal("occurrence", await Refusals.FieldsAsync(Client.UpdateOccurrenceAsync(
            new UpdateOccurrenceRequest { Name = "projects/p/occurrences/none" }, cancellationToken: Cancelled)));
        Assert.Equal("note", await Refusals.FieldsAsync(Client.UpdateNoteAsync(
            new UpdateNoteRequest { Name = "projects/p/notes/none" }, cancellationToken: Cancelled)));
        await Refusals.OfAsync(Update("projects/p/occurrences/none", new Occurrence(), "remediation"), StatusCode.NotFound);
        await Refusals.OfAsync(
            Client.UpdateNoteAsync(new UpdateNoteRequest { Name = "projects/p/notes/none", Note = Samples.BuildNote() }, cancellationToken: Cancelled), StatusCode.NotFound);
    }

    private async Task<Occurrence> StoredAsync(string project)
    {
        var note = await Samples.NoteAsync(fixture.Host, project);
        var occurrence = Samples.Build(note);
        occurrence.Remediation = "r1";
        return await Client.CreateOccurrenceAsync(
            new CreateOccurrenceRequest { Parent = $"projects/{project}", Occurrence = occurrence }, cancellationToken: Cancelled);
    }

    private AsyncUnaryCall<Occurrence> Update(string name, Occurrence body, params string[] paths)
    {
        var request = new UpdateOccurrenceRequest { Name = name, Occurrence = body };
        if (paths.Length > 0)
        {
            request.UpdateMask = new FieldMask();
            request.UpdateMask.Paths.AddRange(paths);
        }

        return Client.UpdateOccurrenceAsync(request, cancellationToken: Cancelled);
    }
}
