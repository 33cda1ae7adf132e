using System.Globalization;
using Grafeas.V1;
using Grafeas.V1.Project;
using GrafeasBridge.Tests.Support;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Filters of lists, page by page. What a filter means is told by the cases of tests/conformance.</summary>
[OnBothStores]
public sealed class FilterTests(KeyedIngestFixture fixture) : IClassFixture<KeyedIngestFixture>
{
    private const string Wanted = "resourceUrl=\"https://r.example/wanted\"";
    private const string WantedByMessage = "build.provenance.id=\"wanted\"";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, Wanted)]
    [InlineData(2, Wanted)]
    [InlineData(5, Wanted)]
    [InlineData(6, Wanted)]
    [InlineData(1000, Wanted)]
    [InlineData(1, WantedByMessage)]
    [InlineData(2, WantedByMessage)]
    [InlineData(5, WantedByMessage)]
    [InlineData(1000, WantedByMessage)]
    public async Task Pages_of_any_size_hold_what_matches_in_order_and_the_last_has_no_token(int size, string filter)
    {
        var project = $"sizes-{size}-{filter.Length}";
        var note = await Samples.NoteAsync(fixture.Host, project);
        var wanted = await CreateAsync(project, note, 30, number => number % 3 == 1);
        var pages = await WalkAsync(fixture.Host, project, size, filter);
        Assert.Equal(wanted, pages.SelectMany(page => page.Occurrences).Select(occurrence => occurrence.Name));
        Assert.Equal((10 + size - 1) / size, pages.Count);
        Assert.All(pages.SkipLast(1), page => Assert.Equal(size, page.Occurrences.Count));
    }

    [Fact]
    public async Task A_page_ends_early_with_a_token_when_the_filter_has_looked_at_enough_rows()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:MaxFilterScan=100"]);
        var note = await Samples.NoteAsync(host, "budget");
        var wanted = await CreateAsync("budget", note, 450, number => number is 150 or 420 or 421, host);
        var pages = await WalkAsync(host, "budget", 1000, WantedByMessage);
        Assert.Equal(wanted, pages.SelectMany(page => page.Occurrences).Select(occurrence => occurrence.Name));
        Assert.InRange(pages.Count, 5, 8);
        Assert.Contains(pages, page => page.Occurrences.Count == 0);
        // An index finds them at once.
        Assert.Single(await WalkAsync(host, "budget", 1000, Wanted));
    }

    [Fact]
    public async Task A_token_holds_for_its_own_filter_only()
    {
        var note = await Samples.NoteAsync(fixture.Host, "token");
        await CreateAsync("token", note, 6, _ => true);
        var token = (await ListAsync(fixture.Host, "token", 2, Wanted)).NextPageToken;
        foreach (var other in new[] { "", " ", Wanted + " ", "kind=\"BUILD\"" })
        {
            var refusal = await Refusals.OfAsync(ListAsync(fixture.Host, "token", 2, other, token), StatusCode.InvalidArgument);
            Assert.StartsWith("page_token", refusal.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await ListAsync(fixture.Host, "token", 2, Wanted, token)).Occurrences.Count);
        var plain = (await ListAsync(fixture.Host, "token", 2, "")).NextPageToken;
        Assert.Equal(4, (await ListAsync(fixture.Host, "token", 10, " \t\n", plain)).Occurrences.Count);
    }

    [Theory]
    [InlineData(Wanted)]
    [InlineData(WantedByMessage)]
    public async Task What_is_deleted_and_created_between_pages_disturbs_nothing_else(string filter)
    {
        var project = $"between-{filter.Length}";
        var note = await Samples.NoteAsync(fixture.Host, project);
        var wanted = await CreateAsync(project, note, 20, _ => true);
        var first = await ListAsync(fixture.Host, project, 5, filter);
        foreach (var gone in new[] { wanted[4], wanted[5], wanted[6], wanted[19] })
            await fixture.Host.Grafeas.DeleteOccurrenceAsync(new() { Name = gone }, cancellationToken: Cancelled);
        var late = await CreateAsync(project, note, 2, _ => true);
        var rest = await ListAsync(fixture.Host, project, 1000, filter, first.NextPageToken);
        Assert.Equal([.. wanted[7..19], .. late], rest.Occurrences.Select(occurrence => occurrence.Name));
        Assert.Empty(rest.NextPageToken);
    }

    [Fact]
    public async Task A_filter_that_is_not_understood_is_refused_at_its_field_by_every_list()
    {
        var note = await Samples.NoteAsync(fixture.Host, "refused");
        const string parent = "projects/refused";
        foreach (var filter in new[] { "kind=\"BUILD", "nothing=\"x\"", "kind=\"NO_KIND\"", "word", "name=" })
        {
            Assert.Equal("filter", await Refusals.FieldsAsync(fixture.Host.Grafeas.ListOccurrencesAsync(new() { Parent = parent, Filter = filter }, cancellationToken: Cancelled)));
            Assert.Equal("filter", await Refusals.FieldsAsync(fixture.Host.Grafeas.ListNotesAsync(new() { Parent = parent, Filter = filter }, cancellationToken: Cancelled)));
            Assert.Equal("filter", await Refusals.FieldsAsync(fixture.Host.Grafeas.ListNoteOccurrencesAsync(new() { Name = note, Filter = filter }, cancellationToken: Cancelled)));
            Assert.Equal("filter", await Refusals.FieldsAsync(fixture.Host.Projects.ListProjectsAsync(new() { Filter = filter }, cancellationToken: Cancelled)));
        }
    }

    [Fact]
    public async Task The_size_of_a_filter_is_limited_by_settings()
    {
        await using var host = await IngestHost.StartAsync(
            Cancelled, ["Ingest:MaxFilterLength=100", "Ingest:MaxFilterDepth=5", "Ingest:MaxFilterTerms=10"]);
        await Samples.NoteAsync(host, "limits");
        string Terms(int count) => string.Join(' ', Enumerable.Repeat("name:a", count));
        string Deep(int depth) => new string('(', depth) + "name:a" + new string(')', depth);
        await ListAsync(host, "limits", 1, Terms(10).PadRight(100));
        await ListAsync(host, "limits", 1, Deep(3));
        foreach (var filter in new[] { Terms(10).PadRight(101), Terms(11), Deep(7) })
            Assert.Equal("filter", await Refusals.FieldsAsync(ListAsync(host, "limits", 1, filter)));
    }

    [Fact]
    public async Task A_note_lists_the_matching_occurrences_of_the_projects_that_the_caller_knows()
    {
        var note = await Samples.NoteAsync(fixture.Host, "shared");
        var byProject = new Dictionary<string, List<string>>();
        foreach (var project in new[] { "shared", "one", "two" })
            byProject[project] = await CreateAsync(project, note, 6, number => number % 2 == 0);
        foreach (var filter in new[] { Wanted, WantedByMessage, $"{Wanted} OR resourceUrl=\"none\"", "has_prefix(resourceUrl, \"https://r.example/w\")" })
        {
            async Task<IEnumerable<string>> SeenAsync(string caller) => (await fixture.Host.Grafeas.ListNoteOccurrencesAsync(
                new ListNoteOccurrencesRequest { Name = note, Filter = filter },
                IngestHost.As(caller))).Occurrences.Select(occurrence => occurrence.Name);
            Assert.Equal([.. byProject["shared"], .. byProject["one"], .. byProject["two"]], await SeenAsync("read"));
            Assert.Equal([.. byProject["shared"], .. byProject["two"]], await SeenAsync("read@shared,two,never-heard-of"));
        }
    }

    [Fact]
    public async Task Projects_are_filtered_by_name_in_pages()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, callers: ["read@even-4"]);
        for (var i = 0; i < 12; i++)
            await host.Projects.CreateProjectAsync(new() { Project = new Project { Name = $"projects/{(i % 2 == 0 ? "even" : "odd")}-{i}" } }, cancellationToken: Cancelled);
        var page = await host.Projects.ListProjectsAsync(new() { Filter = "has_prefix(name, \"projects/odd\")", PageSize = 4 }, cancellationToken: Cancelled);
        Assert.Equal(["projects/odd-1", "projects/odd-3", "projects/odd-5", "projects/odd-7"], page.Projects.Select(project => project.Name));
        page = await host.Projects.ListProjectsAsync(
            new() { Filter = "has_prefix(name, \"projects/odd\")", PageSize = 4, PageToken = page.NextPageToken }, cancellationToken: Cancelled);
        Assert.Equal(["projects/odd-9", "projects/odd-11"], page.Projects.Select(project => project.Name));
        Assert.Empty(page.NextPageToken);
        page = await host.Projects.ListProjectsAsync(
            new() { Filter = "name=\"projects/even-2\"" }, IngestHost.As("read@even-4"));
        Assert.Empty(page.Projects);
    }

    [Fact]
    public async Task Notes_are_filtered_by_what_the_store_keeps_and_by_what_it_does_not()
    {
        for (var i = 0; i < 5; i++)
        {
            var note = Samples.BuildNote();
            note.ShortDescription = i < 3 ? "few" : "many";
            await fixture.Host.Grafeas.CreateNoteAsync(
                new CreateNoteRequest { Parent = "projects/notes", NoteId = $"n{i.ToString(CultureInfo.InvariantCulture)}", Note = note }, cancellationToken: Cancelled);
        }

        async Task<int> CountAsync(string filter) => (await fixture.Host.Grafeas.ListNotesAsync(
            new ListNotesRequest { Parent = "projects/notes", Filter = filter }, cancellationToken: Cancelled)).Notes.Count;
        Assert.Equal(5, await CountAsync("kind=\"BUILD\""));
        Assert.Equal(0, await CountAsync("kind=\"ATTESTATION\""));
        Assert.Equal(1, await CountAsync("noteId=\"n3\""));
        Assert.Equal(3, await CountAsync("shortDescription=\"few\" AND kind=\"BUILD\""));
        Assert.Equal(5, await CountAsync("createTime>\"2020-01-01T00:00:00Z\""));
        Assert.Equal(0, await CountAsync("createTime<\"2020-01-01T00:00:00Z\""));
    }

    [Fact]
    public async Task Times_find_the_occurrences_that_were_created_then()
    {
        var note = await Samples.NoteAsync(fixture.Host, "times");
        var names = await CreateAsync("times", note, 3, _ => true);
        var last = await fixture.Host.Grafeas.GetOccurrenceAsync(new() { Name = names[^1] }, cancellationToken: Cancelled);
        var time = last.CreateTime.ToDateTime().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        Assert.Contains(names[^1], (await ListAsync(fixture.Host, "times", 10, $"createTime=\"{time}\"")).Occurrences.Select(one => one.Name));
        Assert.Equal(3, (await ListAsync(fixture.Host, "times", 10, $"createTime<=\"{time}\" AND createTime>\"2020-01-01T00:00:00Z\"")).Occurrences.Count);
        Assert.Empty((await ListAsync(fixture.Host, "times", 10, $"createTime>\"{time}\"")).Occurrences);
    }

    /// <returns>Names of those that are wanted.</returns>
    private async Task<List<string>> CreateAsync(string project, string note, int count, Func<int, bool> isWanted, IngestHost? host = null)
    {
        var request = new BatchCreateOccurrencesRequest { Parent = $"projects/{project}" };
        for (var i = 0; i < count; i++)
        {
            var id = isWanted(i) ? "wanted" : "other";
            request.Occurrences.Add(Samples.Build(note, id, $"https://r.example/{id}"));
        }

        var created = await (host ?? fixture.Host).Grafeas.BatchCreateOccurrencesAsync(request, cancellationToken: Cancelled);
        return [.. created.Occurrences.Where((_, i) => isWanted(i)).Select(occurrence => occurrence.Name)];
    }

    private static async Task<List<ListOccurrencesResponse>> WalkAsync(IngestHost host, string project, int size, string filter)
    {
        var pages = new List<ListOccurrencesResponse>();
        do
            pages.Add(await ListAsync(host, project, size, filter, pages.LastOrDefault()?.NextPageToken ?? ""));
        while (pages[^1].NextPageToken.Length > 0);
        return pages;
    }

    private static AsyncUnaryCall<ListOccurrencesResponse> ListAsync(IngestHost host, string project, int size, string filter, string token = "") =>
        host.Grafeas.ListOccurrencesAsync(
            new ListOccurrencesRequest { Parent = $"projects/{project}", PageSize = size, Filter = filter, PageToken = token }, cancellationToken: Cancelled);
}
