using Grafeas.V1;
using GrafeasBridge.Tests.Support;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Lists: their order, their pages, and tokens that nobody can make.</summary>
[OnBothStores]
public sealed class PagingTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_do_not_overlap_and_end_with_no_token_while_others_write()
    {
        var note = await Samples.NoteAsync(fixture.Host, "walk");
        await CreateAsync("walk", note, 5);
        var seen = new List<string>();
        var token = string.Empty;
        do
        {
            var page = await ListAsync("walk", 2, token);
            seen.AddRange(page.Occurrences.Select(o => o.Name));
            token = page.NextPageToken;
            if (seen.Count == 2)
                await CreateAsync("walk", note, 2);
        }
        while (token.Length > 0);
        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(7, seen.Count);
    }

    [Fact]
    public async Task A_token_holds_for_its_own_list_only()
    {
        var note = await Samples.NoteAsync(fixture.Host, "own");
        await CreateAsync("own", note, 3);
        var token = (await ListAsync("own", 1, string.Empty)).NextPageToken;
        await Refusals.OfAsync(
            fixture.Host.Grafeas.ListOccurrencesAsync(new ListOccurrencesRequest { Parent = "projects/ow", PageToken = token }, cancellationToken: Cancelled),
            StatusCode.InvalidArgument);
        await Refusals.OfAsync(
            fixture.Host.Grafeas.ListNotesAsync(new ListNotesRequest { Parent = "projects/own", PageToken = token }, cancellationToken: Cancelled),
            StatusCode.InvalidArgument);
        await Refusals.OfAsync(
            fixture.Host.Grafeas.ListNoteOccurrencesAsync(new ListNoteOccurrencesRequest { Name = note, PageToken = token }, cancellationToken: Cancelled),
            StatusCode.InvalidArgument);
        Assert.Equal(2, (await ListAsync("own", 1000, token)).Occurrences.Count);
    }

    [Fact]
    public async Task A_token_with_any_character_changed_is_refused()
    {
        var note = await Samples.NoteAsync(fixture.Host, "forge");
        await CreateAsync("forge", note, 2);
        var token = (await ListAsync("forge", 1, string.Empty)).NextPageToken;
        // The last character carries four bits that decode to nothing.
        for (var i = 0; i < token.Length - 1; i++)
        {
            var forged = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            await Refusals.OfAsync(
                fixture.Host.Grafeas.ListOccurrencesAsync(new ListOccurrencesRequest { Parent = "projects/forge", PageToken = forged }, cancellationToken: Cancelled),
                StatusCode.InvalidArgument);
        }

        foreach (var made in new[] { "1", "-1", "9999999999999999999999", token + "A", token[..^1], token + "=", " " + token, "%00" })
        {
            await Refusals.OfAsync(
                fixture.Host.Grafeas.ListOccurrencesAsync(new ListOccurrencesRequest { Parent = "projects/forge", PageToken = made }, cancellationToken: Cancelled),
                StatusCode.InvalidArgument);
        }
    }

    [Fact]
    public async Task Page_sizes_have_a_default_and_a_limit_that_the_refusal_names()
    {
        var note = await Samples.NoteAsync(fixture.Host, "sizes");
        await CreateAsync("sizes", note, 21);
        Assert.Equal(20, (await ListAsync("sizes", 0, string.Empty)).Occurrences.Count);
        Assert.Equal(21, (await ListAsync("sizes", 1000, string.Empty)).Occurrences.Count);
        var refusal = await Refusals.OfAsync(
            fixture.Host.Grafeas.ListOccurrencesAsync(new ListOccurrencesRequest { Parent = "projects/sizes", PageSize = 1001 }, cancellationToken: Cancelled),
            StatusCode.InvalidArgument);
        Assert.Equal("page_size is 1001; at most 1000 are allowed (Ingest:MaxPageSize)", refusal.Status.Detail);
        Assert.Equal("page_size", await Refusals.FieldsAsync(
            fixture.Host.Grafeas.ListNotesAsync(new ListNotesRequest { Parent = "projects/sizes", PageSize = int.MinValue }, cancellationToken: Cancelled)));
    }

    [Fact]
    public async Task A_page_of_large_occurrences_stays_small_enough_to_be_received()
    {
        var note = await Samples.NoteAsync(fixture.Host, "large");
        for (var i = 0; i < 6; i++)
        {
            var occurrence = Samples.Build(note);
            occurrence.Remediation = new string('x', 1_500_000);
            await fixture.Host.Grafeas.CreateOccurrenceAsync(
                new CreateOccurrenceRequest { Parent = "projects/large", Occurrence = occurrence }, cancellationToken: Cancelled);
        }

        var sizes = new List<int>();
        var token = string.Empty;
        do
        {
            var page = await ListAsync("large", 1000, token);
            Assert.InRange(page.CalculateSize(), 1, 4 << 20);
            sizes.Add(page.Occurrences.Count);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal([2, 2, 2], sizes);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10_001)]
    [InlineData(int.MaxValue)]
    public async Task Any_number_of_projects_may_be_asked_for_and_comes_in_pages_of_the_largest_size(int size)
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:MaxPageSize=3"]);
        for (var i = 0; i < 4; i++)
            await host.Projects.CreateProjectAsync(new() { Project = new() { Name = $"projects/p{i}" } }, cancellationToken: Cancelled);
        var first = await host.Projects.ListProjectsAsync(new() { PageSize = size }, cancellationToken: Cancelled);
        var rest = await host.Projects.ListProjectsAsync(new() { PageSize = size, PageToken = first.NextPageToken }, cancellationToken: Cancelled);
        Assert.Equal(["projects/p0", "projects/p1", "projects/p2"], first.Projects.Select(project => project.Name));
        Assert.Equal(["projects/p3"], rest.Projects.Select(project => project.Name));
        Assert.Equal(string.Empty, rest.NextPageToken);
        var beta = await new Grafeas.V1Beta1.Project.Projects.ProjectsClient(host.Channel).ListProjectsAsync(new() { PageSize = size }, cancellationToken: Cancelled);
        Assert.Equal(3, beta.Projects.Count);
    }

    [Fact]
    public async Task The_list_of_a_note_that_is_gone_is_not_found()
    {
        await Refusals.OfAsync(
            fixture.Host.Grafeas.ListNoteOccurrencesAsync(new ListNoteOccurrencesRequest { Name = "projects/gone/notes/n" }, cancellationToken: Cancelled),
            StatusCode.NotFound);
    }

    private async Task CreateAsync(string project, string note, int count)
    {
        var request = new BatchCreateOccurrencesRequest { Parent = $"projects/{project}" };
        for (var i = 0; i < count; i++)
            request.Occurrences.Add(Samples.Build(note, $"b{i}"));
        await fixture.Host.Grafeas.BatchCreateOccurrencesAsync(request, cancellationToken: Cancelled);
    }

    private async Task<ListOccurrencesResponse> ListAsync(string project, int size, string token) =>
        await fixture.Host.Grafeas.ListOccurrencesAsync(
            new ListOccurrencesRequest { Parent = $"projects/{project}", PageSize = size, PageToken = token }, cancellationToken: Cancelled);
}
