using Grafeas.V1Beta1;
using Grafeas.V1Beta1.Vulnerability;
using GrafeasBridge.Tests.Ingest;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>Filters of v1beta1 speak of the fields of v1beta1, whichever version wrote what they find.</summary>
public sealed class V1Beta1FilterTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private GrafeasV1Beta1.GrafeasV1Beta1Client Beta => fixture.Host.Beta;

    [Theory]
    [InlineData("", "beta link found v1 upgrade")]
    [InlineData("resource.uri=\"beta\"", "beta")]
    [InlineData("resourceUrl=\"beta\" OR resource_url=\"v1\"", "beta v1")]
    [InlineData("resource.uri:*", "beta link found v1 upgrade")]
    [InlineData("kind=\"INTOTO\"", "link")]
    [InlineData("kind=\"BUILD\"", "beta v1")]
    [InlineData("kind!=\"BUILD\"", "link found upgrade")]
    [InlineData("NOT kind=\"VULNERABILITY\" AND noteId=\"step\"", "link")]
    [InlineData("noteProjectId=\"PROJECT\" AND noteId=\"n\"", "beta v1")]
    [InlineData("intoto.link.effective_command:\"make\"", "link")]
    [InlineData("vulnerability.package_issue.affected_location.package=\"zlib\"", "found")]
    [InlineData("build.provenance.id=\"b1\" AND kind=\"BUILD\"", "beta v1")]
    public async Task A_filter_finds(string filter, string found)
    {
        var project = await PreparedAsync();
        var list = await Beta.ListOccurrencesAsync(
            new() { Parent = "projects/" + project, Filter = filter.Replace("PROJECT", project, StringComparison.Ordinal) }, cancellationToken: Cancelled);
        Assert.Equal(found, string.Join(' ', list.Occurrences.Select(occurrence => occurrence.Resource.Uri)));
    }

    [Theory]
    [InlineData("resource_uri=\"beta\"")]
    [InlineData("kind=\"UPGRADE\"")]
    [InlineData("build.intoto_statement:*")]
    public async Task What_only_v1_has_is_no_field_here(string filter)
    {
        Assert.Equal("filter", await Refusals.FieldsAsync(Beta.ListOccurrencesAsync(new() { Parent = "projects/none", Filter = filter }, cancellationToken: Cancelled)));
        Assert.Equal(
            "filter",
            await Refusals.FieldsAsync(Beta.GetVulnerabilityOccurrencesSummaryAsync(new() { Parent = "projects/none", Filter = filter }, cancellationToken: Cancelled)));
    }

    [Theory]
    [InlineData("kind=\"INTOTO\"", "step")]
    [InlineData("intoto.step_name=\"s\"", "step")]
    [InlineData("build:* OR noteId=\"u\"", "n u")]
    public async Task A_filter_of_notes_finds(string filter, string found)
    {
        var project = await PreparedAsync();
        var list = await Beta.ListNotesAsync(new() { Parent = "projects/" + project, Filter = filter }, cancellationToken: Cancelled);
        Assert.Equal(found, string.Join(' ', list.Notes.Select(note => note.Name.Split('/')[^1])));
    }

    [Theory]
    [InlineData("resource.uri=\"found\"", 1)]
    [InlineData("resource.uri=\"beta\"", 0)]
    [InlineData("vulnerability.package_issue.fixed_location.version.name=\"1.1\"", 1)]
    [InlineData("vulnerability.package_issue.fixed_location.version.name=\"9\"", 0)]
    public async Task A_summary_counts_what_its_filter_finds(string filter, int total)
    {
        var project = await PreparedAsync();
        var summary = await Beta.GetVulnerabilityOccurrencesSummaryAsync(
            new() { Parent = "projects/" + project, Filter = filter }, cancellationToken: Cancelled);
        Assert.Equal(total, summary.Counts.Where(count => count.Severity == Severity.High).Sum(count => count.TotalCount));
    }

    /// <summary>A project of its own with an occurrence of each sort; its resource is what the tests call it.</summary>
    private async Task<string> PreparedAsync()
    {
        var project = "f-" + Guid.NewGuid().ToString("N");
        var parent = "projects/" + project;
        var build = await V1Beta1Samples.NoteAsync(fixture.Host, project, V1Beta1Samples.BuildNote());
        var step = await V1Beta1Samples.NoteAsync(fixture.Host, project, new Note { Intoto = new() { StepName = "s" } }, "step");
        var weakness = await V1Beta1Samples.NoteAsync(fixture.Host, project, new Note { Vulnerability = new() }, "v");
        await fixture.Host.Grafeas.CreateNoteAsync(new() { Parent = parent, NoteId = "u", Note = new() { Upgrade = new() } }, cancellationToken: Cancelled);
        await Beta.BatchCreateOccurrencesAsync(
            new()
            {
                Parent = parent,
                Occurrences =
                {
                    V1Beta1Samples.Build(build, resource: "beta"), V1Beta1Samples.Link(step, "link"),
                    V1Beta1Samples.Found(weakness, "found", Severity.High, Severity.High, mended: true),
                },
            },
            cancellationToken: Cancelled);
        await fixture.Host.Grafeas.CreateOccurrenceAsync(new() { Parent = parent, Occurrence = Samples.Build(build, resource: "v1") }, cancellationToken: Cancelled);
        await fixture.Host.Grafeas.CreateOccurrenceAsync(
            new() { Parent = parent, Occurrence = new() { ResourceUri = "upgrade", NoteName = parent + "/notes/u", Upgrade = new() } }, cancellationToken: Cancelled);
        return project;
    }
}
