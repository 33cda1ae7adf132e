using Grafeas.V1;
using Grafeas.V1.Project;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Who may do what, and that a refusal does not tell whether a thing exists.</summary>
public sealed class RoleTests(KeyedIngestFixture fixture) : IClassFixture<KeyedIngestFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Grafeas.V1.Grafeas.GrafeasClient Client => fixture.Host.Grafeas;

    [Fact]
    public async Task Each_role_opens_its_methods_only()
    {
        var note = await Samples.NoteAsync(fixture.Host, "roles");
        var occurrence = await Client.CreateOccurrenceAsync(new() { Parent = "projects/roles", Occurrence = Samples.Build(note) }, cancellationToken: Cancelled);
        (string Role, Func<CallOptions, Task> Call)[] calls =
        [
            ("send", async as_ => await Client.CreateNoteAsync(new() { Parent = "projects/roles", NoteId = Guid.NewGuid().ToString(), Note = Samples.BuildNote() }, as_)),
            ("send", async as_ => await Client.BatchCreateNotesAsync(new() { Parent = "projects/roles", Notes = { [Guid.NewGuid().ToString()] = Samples.BuildNote() } }, as_)),
            ("send", async as_ => await Client.UpdateNoteAsync(new() { Name = note, Note = Samples.BuildNote() }, as_)),
            ("send", async as_ => await Client.CreateOccurrenceAsync(new() { Parent = "projects/roles", Occurrence = Samples.Build(note) }, as_)),
            ("send", async as_ => await Client.BatchCreateOccurrencesAsync(new() { Parent = "projects/roles", Occurrences = { Samples.Build(note) } }, as_)),
            ("send", async as_ => await Client.UpdateOccurrenceAsync(new() { Name = occurrence.Name, Occurrence = occurrence }, as_)),
            ("read", async as_ => await Client.GetNoteAsync(new() { Name = note }, as_)),
            ("read", async as_ => await Client.ListNotesAsync(new() { Parent = "projects/roles" }, as_)),
            ("read", async as_ => await Client.GetOccurrenceAsync(new() { Name = occurrence.Name }, as_)),
            ("read", async as_ => await Client.ListOccurrencesAsync(new() { Parent = "projects/roles" }, as_)),
            ("read", async as_ => await Client.GetOccurrenceNoteAsync(new() { Name = occurrence.Name }, as_)),
            ("read", async as_ => await Client.ListNoteOccurrencesAsync(new() { Name = note }, as_)),
            ("operate", async as_ => await Client.DeleteOccurrenceAsync(new() { Name = occurrence.Name }, as_)),
            ("operate", async as_ => await Client.DeleteNoteAsync(new() { Name = note }, as_)),
        ];
        foreach ((var role, var call) in calls)
        {
            foreach (var other in new[] { "send", "read", "operate" }.Where(one => one != role))
            {
                await DeniedAsync(call(As($"{other}@roles")));
            }

            await DeniedAsync(call(As($"{role}@other")));
            await call(As($"{role}@other,roles"));
        }
    }

    [Fact]
    public async Task A_caller_without_rights_learns_nothing_of_what_exists()
    {
        await DeniedAsync(Client.GetNoteAsync(new() { Name = "projects/secret/notes/none" }, As("read@mine")).ResponseAsync);
        await DeniedAsync(Client.CreateOccurrenceAsync(new() { Parent = "projects/secret", Occurrence = new Occurrence() }, As("send@mine")).ResponseAsync);
        await Refusals.OfAsync(Client.GetNoteAsync(new() { Name = "secret" }, As("read@mine")), StatusCode.InvalidArgument);
        await Refusals.OfAsync(Client.CreateOccurrenceAsync(new() { Parent = "projects/secret" }, As("send@mine")), StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task An_occurrence_is_made_changed_and_deleted_only_by_whoever_knows_the_project_of_its_note()
    {
        var note = await Samples.NoteAsync(fixture.Host, "notes");
        var request = new CreateOccurrenceRequest { Parent = "projects/apps", Occurrence = Samples.Build(note) };
        await DeniedAsync(Client.CreateOccurrenceAsync(request, As("send@apps")).ResponseAsync);
        await DeniedAsync(Client.BatchCreateOccurrencesAsync(new() { Parent = "projects/apps", Occurrences = { request.Occurrence } }, As("send@apps")).ResponseAsync);
        var created = await Client.CreateOccurrenceAsync(request, As("send@apps,notes"));
        await DeniedAsync(Client.GetOccurrenceNoteAsync(new() { Name = created.Name }, As("read@apps")).ResponseAsync);
        Assert.Equal(note, (await Client.GetOccurrenceNoteAsync(new() { Name = created.Name }, As("read@apps,notes"))).Name);

        var update = new UpdateOccurrenceRequest { Name = created.Name, Occurrence = created };
        await DeniedAsync(Client.UpdateOccurrenceAsync(update, As("send@apps")).ResponseAsync);
        await Client.UpdateOccurrenceAsync(update, As("send@apps,notes"));
        await DeniedAsync(Client.DeleteOccurrenceAsync(new() { Name = created.Name }, As("operate@apps")).ResponseAsync);
        await Client.DeleteOccurrenceAsync(new() { Name = created.Name }, As("operate@apps,notes"));
    }

    [Fact]
    public async Task The_list_of_a_note_shows_occurrences_of_known_projects_only()
    {
        var note = await Samples.NoteAsync(fixture.Host, "shared");
        foreach (var project in new[] { "one", "two", "three" })
        {
            await Client.CreateOccurrenceAsync(new() { Parent = $"projects/{project}", Occurrence = Samples.Build(note) }, cancellationToken: Cancelled);
        }

        var seen = await Client.ListNoteOccurrencesAsync(new() { Name = note }, As("read@shared,one,three"));
        Assert.Equal(["one", "three"], seen.Occurrences.Select(o => o.Name.Split('/')[1]));
        Assert.Equal(3, (await Client.ListNoteOccurrencesAsync(new() { Name = note }, cancellationToken: Cancelled)).Occurrences.Count);
    }

    [Fact]
    public async Task Projects_are_seen_by_those_who_know_them()
    {
        var projects = fixture.Host.Projects;
        for (var i = 0; i < 5; i++)
            await projects.CreateProjectAsync(new() { Project = new Project { Name = $"projects/seen{i}" } }, As($"send@seen{i}"));
        await projects.CreateProjectAsync(new() { Project = new Project { Name = "projects/seen5" } }, As("operate"));
        await DeniedAsync(projects.CreateProjectAsync(new() { Project = new Project { Name = "projects/seen6" } }, As("read@seen6")).ResponseAsync);
        await DeniedAsync(projects.GetProjectAsync(new() { Name = "projects/seen1" }, As("read@seen2")).ResponseAsync);
        Assert.Equal("projects/seen1", (await projects.GetProjectAsync(new() { Name = "projects/seen1" }, As("send@seen1"))).Name);

        var first = await projects.ListProjectsAsync(new() { PageSize = 2 }, As("read@seen0,seen2,seen4"));
        Assert.Equal(["projects/seen0", "projects/seen2"], first.Projects.Select(p => p.Name));
        var rest = await projects.ListProjectsAsync(new() { PageSize = 2, PageToken = first.NextPageToken }, As("read@seen0,seen2,seen4"));
        Assert.Equal(["projects/seen4"], rest.Projects.Select(p => p.Name));
        Assert.Empty(rest.NextPageToken);

        await DeniedAsync(projects.DeleteProjectAsync(new() { Name = "projects/seen1" }, As("send@seen1")).ResponseAsync);
        await projects.DeleteProjectAsync(new() { Name = "projects/seen1" }, As("operate@seen1"));
        await Refusals.OfAsync(projects.GetProjectAsync(new() { Name = "projects/seen1" }, cancellationToken: Cancelled), StatusCode.NotFound);
        await Refusals.OfAsync(projects.DeleteProjectAsync(new() { Name = "projects/seen1" }, cancellationToken: Cancelled), StatusCode.NotFound);
    }

    private static CallOptions As(string caller) => IngestHost.As(caller);

    private static async Task DeniedAsync(Task call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
    }
}
