using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grafeas.V1;
using GrafeasBridge.Tests.Support;
using Grpc.Core;
using Metadata = Grpc.Core.Metadata;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Creating, singly and in batches: what is refused and at which path, and how a repeat is recognised.</summary>
[OnBothStores]
public sealed class CreateTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Grafeas.V1.Grafeas.GrafeasClient Client => fixture.Host.Grafeas;

    [Fact]
    public async Task Every_problem_of_an_occurrence_is_told_at_once()
    {
        var occurrence = new Occurrence { NoteName = "n", Build = new BuildOccurrence { Provenance = new BuildProvenance { Commands = { new Command() } } } };
        Assert.Equal(
            "occurrence.note_name|occurrence.resource_uri|occurrence.build.provenance.id|occurrence.build.provenance.commands[0].name",
            await Refusals.FieldsAsync(Create("all", occurrence)));
    }

    [Fact]
    public async Task Problems_in_a_batch_carry_their_place()
    {
        var note = await Samples.NoteAsync(fixture.Host, "places");
        var request = new BatchCreateOccurrencesRequest { Parent = "projects/places" };
        request.Occurrences.AddRange([Samples.Build(note), Samples.Build(note, ""), Samples.Build("x"), new Occurrence { NoteName = note }]);
        Assert.Equal(
            "occurrences[1].build.provenance.id|occurrences[2].note_name|occurrences[3].resource_uri|occurrences[3].details",
            await Refusals.FieldsAsync(Client.BatchCreateOccurrencesAsync(request, cancellationToken: Cancelled)));

        var notes = new BatchCreateNotesRequest { Parent = "projects/places" };
        notes.Notes["ok"] = Samples.BuildNote();
        notes.Notes["a/b"] = Samples.BuildNote();
        notes.Notes[""] = new Note();
        notes.Notes["c.d"] = new Note { Build = new BuildNote() };
        var fields = await Refusals.FieldsAsync(Client.BatchCreateNotesAsync(notes, cancellationToken: Cancelled));
        Assert.Equal(["notes[]", "notes[].type", "notes[a/b]", "notes[c.d].build.builder_version"], fields.Split('|').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_batch_of_bad_ones_is_answered_within_what_trailers_may_hold()
    {
        var request = new BatchCreateOccurrencesRequest { Parent = "projects/many" };
        for (var i = 0; i < 1000; i++)
            request.Occurrences.Add(new Occurrence());
        var refusal = await Refusals.OfAsync(Client.BatchCreateOccurrencesAsync(request, cancellationToken: Cancelled), StatusCode.InvalidArgument);
        var violations = Refusals.Violations(refusal);
        Assert.Equal($"and {3000 - (violations.Count - 1)} more problems", violations[^1].Description);
        Assert.InRange(refusal.Trailers.Sum(entry => entry.Key.Length + (entry.IsBinary ? entry.ValueBytes.Length * 4 / 3 : entry.Value.Length) + 32), 0, 8000);
        Assert.InRange(refusal.Status.Detail.Length, 1, 1000);
    }

    [Fact]
    public async Task What_a_batch_finds_missing_or_taken_is_told_by_its_path()
    {
        var note = await Samples.NoteAsync(fixture.Host, "found");
        var request = new BatchCreateOccurrencesRequest { Parent = "projects/found", Occurrences = { Samples.Build(note), Samples.Build("projects/found/notes/none") } };
        Assert.Equal("occurrences[1].note_name", await Refusals.FieldsAsync(Client.BatchCreateOccurrencesAsync(request, cancellationToken: Cancelled)));
        request.Occurrences[1] = new Occurrence { NoteName = note, ResourceUri = "r", Discovery = new DiscoveryOccurrence() };
        Assert.Equal("occurrences[1].details", await Refusals.FieldsAsync(Client.BatchCreateOccurrencesAsync(request, cancellationToken: Cancelled)));
        var notes = new BatchCreateNotesRequest { Parent = "projects/found", Notes = { ["m"] = Samples.BuildNote(), ["n"] = Samples.BuildNote() } };
        Assert.Equal("notes[n]", await Refusals.FieldsAsync(Client.BatchCreateNotesAsync(notes, cancellationToken: Cancelled)));
    }

    [Fact]
    public async Task A_thousand_go_in_one_batch_in_order()
    {
        var note = await Samples.NoteAsync(fixture.Host, "thousand");
        var request = new BatchCreateOccurrencesRequest { Parent = "projects/thousand" };
        for (var i = 0; i < 1000; i++)
            request.Occurrences.Add(Samples.Build(note, $"b{i}"));
        var answer = await Client.BatchCreateOccurrencesAsync(request, cancellationToken: Cancelled);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"b{i}"), answer.Occurrences.Select(o => o.Build.Provenance.Id));
        Assert.Equal(1000, answer.Occurrences.Select(o => o.Name).Distinct().Count());
    }

    [Fact]
    public async Task What_was_not_found_or_is_taken_is_named_in_the_details()
    {
        var missing = await Refusals.OfAsync(Create("named", Samples.Build("projects/named/notes/none")), StatusCode.NotFound);
        Assert.Equal(("note", "projects/named/notes/none"), Resource(missing));
        var note = await Samples.NoteAsync(fixture.Host, "named");
        var taken = await Refusals.OfAsync(
            Client.CreateNoteAsync(new CreateNoteRequest { Parent = "projects/named", NoteId = "n", Note = Samples.BuildNote() }, cancellationToken: Cancelled),
            StatusCode.AlreadyExists);
        Assert.Equal(("note", note), Resource(taken));
        var gone = await Refusals.OfAsync(
            Client.DeleteOccurrenceAsync(new DeleteOccurrenceRequest { Name = "projects/named/occurrences/o" }, cancellationToken: Cancelled), StatusCode.NotFound);
        Assert.Equal(("occurrence", "projects/named/occurrences/o"), Resource(gone));
    }

    [Fact]
    public async Task Server_owned_fields_are_the_servers_even_when_the_client_sends_nonsense()
    {
        var note = await Samples.NoteAsync(fixture.Host, "owned");
        var occurrence = Samples.Build(note);
        (occurrence.Name, occurrence.Kind, occurrence.CreateTime) = ("mine", NoteKind.Secret, new Timestamp { Nanos = -5 });
        var created = await Create("owned", occurrence);
        Assert.StartsWith("projects/owned/occurrences/", created.Name, StringComparison.Ordinal);
        Assert.Equal(NoteKind.Build, created.Kind);
        Assert.Equal(created.CreateTime, created.UpdateTime);
        Assert.Equal(created, await Client.GetOccurrenceAsync(new GetOccurrenceRequest { Name = created.Name }, cancellationToken: Cancelled));
    }

    [Fact]
    public async Task Fields_that_this_server_has_never_heard_of_are_kept()
    {
        var note = await Samples.NoteAsync(fixture.Host, "future");
        // Field 999, a text: what a newer client might send.
        var sent = Occurrence.Parser.ParseFrom([.. Samples.Build(note).ToByteArray(), 0xBA, 0x3E, 0x02, (byte)'h', (byte)'i']);
        var created = await Create("future", sent);
        var read = await Client.GetOccurrenceAsync(new GetOccurrenceRequest { Name = created.Name }, cancellationToken: Cancelled);
        (sent.Name, sent.Kind, sent.CreateTime, sent.UpdateTime) = (read.Name, read.Kind, read.CreateTime, read.UpdateTime);
        Assert.Equal(sent, read);
    }

    [Fact]
    public async Task The_same_request_again_is_answered_with_what_it_stored_first()
    {
        var note = await Samples.NoteAsync(fixture.Host, "again");
        var first = await Create("again", Samples.Build(note), "run-1");
        var again = Create("again", Samples.Build(note), "run-1");
        Assert.Equal(first, await again);
        Assert.Equal("true", (await again.ResponseHeadersAsync).GetValue("x-grafeasbridge-repeated"));
        await Refusals.OfAsync(Create("again", Samples.Build(note, "b2"), "run-1"), StatusCode.AlreadyExists);
        Assert.NotEqual(first.Name, (await Create("again", Samples.Build(note), "run-2")).Name);
        Assert.NotEqual(first.Name, (await Create("again", Samples.Build(note))).Name);
    }

    [Fact]
    public async Task A_repeat_is_recognised_whatever_order_its_maps_are_in_and_after_an_update()
    {
        var note = await Samples.NoteAsync(fixture.Host, "maps");
        var first = await Create("maps", Shuffled(note, ["b", "a", "c"]), "run-1");
        await Client.UpdateOccurrenceAsync(
            new UpdateOccurrenceRequest { Name = first.Name, Occurrence = new Occurrence { Remediation = "r" }, UpdateMask = new FieldMask { Paths = { "remediation" } } },
            cancellationToken: Cancelled);
        var again = await Create("maps", Shuffled(note, ["c", "a", "b"]), "run-1");
        Assert.Equal((first.Name, "r"), (again.Name, again.Remediation));
    }

    [Fact]
    public async Task A_batch_sent_again_is_recognised_item_by_item()
    {
        var note = await Samples.NoteAsync(fixture.Host, "batch");
        var request = new BatchCreateOccurrencesRequest { Parent = "projects/batch", Occurrences = { Samples.Build(note), Samples.Build(note) } };
        var headers = new Metadata { { "x-request-id", "run-1" } };
        var first = await Client.BatchCreateOccurrencesAsync(request, headers, cancellationToken: Cancelled);
        var again = await Client.BatchCreateOccurrencesAsync(request, headers, cancellationToken: Cancelled);
        Assert.Equal(first, again);
        Assert.Equal(2, first.Occurrences.Select(o => o.Name).Distinct().Count());
        Assert.NotEqual(first.Occurrences[0].Name, (await Create("batch", Samples.Build(note), "run-1")).Name);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData(" ")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    public async Task A_request_id_must_be_short_visible_text(string id)
    {
        var note = "projects/ids/notes/n";
        Assert.Equal("x-request-id", await Refusals.FieldsAsync(Create("ids", Samples.Build(note), id)));
    }

    [Fact]
    public async Task A_note_id_is_bounded()
    {
        var request = new CreateNoteRequest { Parent = "projects/bounds", NoteId = new string('n', 256), Note = Samples.BuildNote() };
        Assert.Equal("note_id", await Refusals.FieldsAsync(Client.CreateNoteAsync(request, cancellationToken: Cancelled)));
        request.NoteId = new string('n', 255);
        Assert.Equal($"projects/bounds/notes/{request.NoteId}", (await Client.CreateNoteAsync(request, cancellationToken: Cancelled)).Name);
    }

    [Fact]
    public async Task An_occurrence_over_the_limit_is_refused_by_its_size()
    {
        var note = await Samples.NoteAsync(fixture.Host, "big");
        var occurrence = Samples.Build(note);
        occurrence.Remediation = new string('x', 4 << 20);
        await Refusals.OfAsync(Create("big", occurrence), StatusCode.ResourceExhausted);
        // It would fit on the way in, but not with the server's fields on the way out.
        occurrence.Remediation = string.Empty;
        occurrence.Remediation = new string('x', (4 << 20) - occurrence.CalculateSize() - 50);
        var refusal = await Refusals.OfAsync(Create("big", occurrence), StatusCode.ResourceExhausted);
        Assert.Contains("Ingest:MaxMessageBytes", refusal.Status.Detail, StringComparison.Ordinal);
    }

    private AsyncUnaryCall<Occurrence> Create(string project, Occurrence occurrence, string? requestId = null) =>
        Client.CreateOccurrenceAsync(
            new CreateOccurrenceRequest { Parent = $"projects/{project}", Occurrence = occurrence },
            requestId is null ? [] : new Metadata { { "x-request-id", requestId } },
            cancellationToken: Cancelled);

    private static (string, string) Resource(RpcException refusal)
    {
        var info = refusal.GetRpcStatus()!.GetDetail<ResourceInfo>()!;
        return (info.ResourceType, info.ResourceName);
    }

    private static Occurrence Shuffled(string note, string[] keys)
    {
        var occurrence = Samples.Build(note);
        var parameters = new Struct();
        foreach (var key in keys)
        {
            occurrence.Build.Provenance.BuildOptions[key] = key;
            var inner = new Struct();
            foreach (var below in keys)
                inner.Fields[below] = Value.ForString(below);
            parameters.Fields[key] = Value.ForStruct(inner);
        }

        occurrence.Build.InTotoSlsaProvenanceV1 = new() { Predicate = new() { BuildDefinition = new() { ExternalParameters = parameters } } };
        return occurrence;
    }
}
