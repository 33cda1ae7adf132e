using Grafeas.V1Beta1;
using GrafeasBridge.Tests.Ingest;
using Grpc.Core;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>What holds for calls of v1 holds for calls of v1beta1: repeats, tokens, roles, masks.</summary>
public sealed class V1Beta1CallTests(KeyedIngestFixture fixture) : IClassFixture<KeyedIngestFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private GrafeasV1Beta1.GrafeasV1Beta1Client Beta => fixture.Host.Beta;

    [Fact]
    public async Task The_same_request_again_is_answered_in_full_with_what_it_stored()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "repeats", new Note { Intoto = new() });
        var request = new CreateOccurrenceRequest { Parent = "projects/repeats", Occurrence = V1Beta1Samples.Link(note) };
        Metadata id = new() { { "x-request-id", "r-1" } };
        var first = await Beta.CreateOccurrenceAsync(request, id, cancellationToken: Cancelled);
        var again = await Beta.CreateOccurrenceAsync(request, id, cancellationToken: Cancelled);
        Assert.Equal(first, again);
        Assert.Equal("make", Assert.Single(again.Intoto.Link.EffectiveCommand));

        // grafeas.v1 cannot tell these two apart, and yet they are not the same.
        request.Occurrence.Intoto.Link.EffectiveCommand[0] = "make all";
        await Refusals.OfAsync(Beta.CreateOccurrenceAsync(request, id, cancellationToken: Cancelled), StatusCode.AlreadyExists);
    }

    [Fact]
    public async Task A_page_token_of_one_version_is_none_of_the_other()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "tokens", V1Beta1Samples.BuildNote());
        await Beta.BatchCreateOccurrencesAsync(
            new() { Parent = "projects/tokens", Occurrences = { V1Beta1Samples.Build(note, "1"), V1Beta1Samples.Build(note, "2") } }, cancellationToken: Cancelled);
        var request = new ListOccurrencesRequest { Parent = "projects/tokens", PageSize = 1 };
        var first = await Beta.ListOccurrencesAsync(request, cancellationToken: Cancelled);
        request.PageToken = first.NextPageToken;
        var second = await Beta.ListOccurrencesAsync(request, cancellationToken: Cancelled);
        Assert.Equal(["1", "2"], first.Occurrences.Concat(second.Occurrences).Select(o => o.Build.Provenance.Id));
        Assert.Empty(second.NextPageToken);
        Assert.Equal(
            "page_token",
            await Refusals.FieldsAsync(fixture.Host.Grafeas.ListOccurrencesAsync(
                new() { Parent = "projects/tokens", PageToken = first.NextPageToken }, cancellationToken: Cancelled)));
    }

    [Fact]
    public async Task Each_role_opens_its_methods_only()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "roles", V1Beta1Samples.BuildNote());
        var occurrence = await Beta.CreateOccurrenceAsync(new() { Parent = "projects/roles", Occurrence = V1Beta1Samples.Build(note) }, cancellationToken: Cancelled);
        (string Role, Func<CallOptions, Task> Call)[] calls =
        [
            ("send", async as_ => await Beta.CreateNoteAsync(new() { Parent = "projects/roles", NoteId = "m", Note = V1Beta1Samples.BuildNote() }, as_)),
            ("send", async as_ => await Beta.BatchCreateNotesAsync(new() { Parent = "projects/roles", Notes = { ["o"] = V1Beta1Samples.BuildNote() } }, as_)),
            ("send", async as_ => await Beta.UpdateNoteAsync(new() { Name = note, Note = V1Beta1Samples.BuildNote() }, as_)),
            ("send", async as_ => await Beta.CreateOccurrenceAsync(new() { Parent = "projects/roles", Occurrence = V1Beta1Samples.Build(note) }, as_)),
            ("send", async as_ => await Beta.BatchCreateOccurrencesAsync(new() { Parent = "projects/roles", Occurrences = { V1Beta1Samples.Build(note) } }, as_)),
            ("send", async as_ => await Beta.UpdateOccurrenceAsync(new() { Name = occurrence.Name, Occurrence = occurrence }, as_)),
            ("read", async as_ => await Beta.GetNoteAsync(new() { Name = note }, as_)),
            ("read", async as_ => await Beta.ListNotesAsync(new() { Parent = "projects/roles" }, as_)),
            ("read", async as_ => await Beta.GetOccurrenceAsync(new() { Name = occurrence.Name }, as_)),
            ("read", async as_ => await Beta.ListOccurrencesAsync(new() { Parent = "projects/roles" }, as_)),
            ("read", async as_ => await Beta.GetOccurrenceNoteAsync(new() { Name = occurrence.Name }, as_)),
            ("read", async as_ => await Beta.ListNoteOccurrencesAsync(new() { Name = note }, as_)),
            ("read", async as_ => await Beta.GetVulnerabilityOccurrencesSummaryAsync(new() { Parent = "projects/roles" }, as_)),
            ("operate", async as_ => await Beta.DeleteOccurrenceAsync(new() { Name = occurrence.Name }, as_)),
            ("operate", async as_ => await Beta.DeleteNoteAsync(new() { Name = note }, as_)),
        ];
        foreach ((var role, var call) in calls)
        {
            foreach (var other in new[] { "send", "read", "operate" }.Where(one => one != role))
                await DeniedAsync(call(As($"{other}@roles")));
            await DeniedAsync(call(As($"{role}@other")));
            await call(As($"{role}@other,roles"));
        }
    }

    [Fact]
    public async Task Masks_speak_of_the_fields_of_this_version_and_never_of_the_servers()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "masks", V1Beta1Samples.BuildNote());
        var occurrence = await Beta.CreateOccurrenceAsync(new() { Parent = "projects/masks", Occurrence = V1Beta1Samples.Build(note) }, cancellationToken: Cancelled);
        foreach (var path in new[] { "resource_uri", "kind", "createTime", "build.intoto_statement" })
        {
            var request = new UpdateOccurrenceRequest { Name = occurrence.Name, Occurrence = occurrence, UpdateMask = new() { Paths = { path } } };
            Assert.Equal("update_mask", await Refusals.FieldsAsync(Beta.UpdateOccurrenceAsync(request, cancellationToken: Cancelled)));
        }

        var moved = occurrence.Clone();
        moved.Resource.Uri = "https://elsewhere.example";
        moved.NoteName = "projects/masks/notes/other";
        Assert.Equal(
            "occurrence.resource.uri|occurrence.note_name",
            await Refusals.FieldsAsync(Beta.UpdateOccurrenceAsync(new() { Name = occurrence.Name, Occurrence = moved }, cancellationToken: Cancelled)));
    }

    private static CallOptions As(string caller) => IngestHost.As(caller);

    private static async Task DeniedAsync(Task call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
    }
}
