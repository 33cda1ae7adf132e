using Grafeas.V1Beta1;
using Grafeas.V1Beta1.Vulnerability;
using GrafeasBridge.Tests.Ingest;
using Grpc.Core;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>Vulnerabilities counted by resource and severity.</summary>
public sealed class SummaryTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Occurrences_are_counted_by_effective_severity_with_what_can_be_mended_whichever_version_wrote_them()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "sum", new Note { Vulnerability = new() });
        var build = await V1Beta1Samples.NoteAsync(fixture.Host, "sum", V1Beta1Samples.BuildNote(), "b");
        var batch = new BatchCreateOccurrencesRequest
        {
            Parent = "projects/sum",
            Occurrences =
            {
                V1Beta1Samples.Found(note, "b", Severity.Low, Severity.Critical, mended: true),
                V1Beta1Samples.Found(note, "b", Severity.Critical, Severity.Unspecified, mended: false),
                V1Beta1Samples.Found(note, "b", Severity.Unspecified, Severity.Unspecified, mended: true),
                V1Beta1Samples.Build(build, resource: "a"),
            },
        };
        await fixture.Host.Beta.BatchCreateOccurrencesAsync(batch, cancellationToken: Cancelled);
        var theirs = new Grafeas.V1.Occurrence { NoteName = note, ResourceUri = "a", Vulnerability = new() { Severity = Grafeas.V1.Severity.High, FixAvailable = true } };
        var version = new Grafeas.V1.Version { Kind = Grafeas.V1.Version.Types.VersionKind.Maximum };
        theirs.Vulnerability.PackageIssue.Add(new Grafeas.V1.VulnerabilityOccurrence.Types.PackageIssue
        {
            AffectedCpeUri = "c",
            AffectedPackage = "p",
            AffectedVersion = version,
            FixedVersion = version.Clone(),
        });
        await fixture.Host.Grafeas.CreateOccurrenceAsync(new() { Parent = "projects/sum", Occurrence = theirs }, cancellationToken: Cancelled);

        Assert.Equal(
            ["a Unspecified 1/1", "a High 1/1", "b Unspecified 2/3", "b Critical 1/2"],
            (await SummaryAsync(fixture.Host, "sum")).Counts.Select(c => $"{c.Resource.Uri} {c.Severity} {c.FixableCount}/{c.TotalCount}"));
    }

    [Fact]
    public async Task More_occurrences_than_one_read_takes_are_all_counted()
    {
        var note = await V1Beta1Samples.NoteAsync(fixture.Host, "many", new Note { Vulnerability = new() });
        var batch = new BatchCreateOccurrencesRequest { Parent = "projects/many" };
        batch.Occurrences.AddRange(Enumerable.Range(0, 401).Select(i => V1Beta1Samples.Found(note, $"r{i % 3}", Severity.High, Severity.High, i % 2 == 0)));
        await fixture.Host.Beta.BatchCreateOccurrencesAsync(batch, cancellationToken: Cancelled);
        var summary = await SummaryAsync(fixture.Host, "many");
        Assert.Equal(401, summary.Counts.Where(c => c.Severity == Severity.High).Sum(c => c.TotalCount));
        Assert.Equal(201, summary.Counts.Where(c => c.Severity == Severity.High).Sum(c => c.FixableCount));
        Assert.Equal(6, summary.Counts.Count);
    }

    [Fact]
    public async Task A_summary_larger_than_an_answer_may_be_is_refused_with_the_limit()
    {
        await using var host = await IngestHost.StartAsync(Cancelled, ["Ingest:MaxMessageBytes=65536"]);
        var note = await V1Beta1Samples.NoteAsync(host, "big", new Note { Vulnerability = new() });
        for (var i = 0; i < 5; i++)
        {
            var found = V1Beta1Samples.Found(note, i + new string('r', 8000), Severity.High, Severity.High, mended: false);
            await host.Beta.CreateOccurrenceAsync(new() { Parent = "projects/big", Occurrence = found }, cancellationToken: Cancelled);
        }

        var refusal = await Refusals.OfAsync(
            host.Beta.GetVulnerabilityOccurrencesSummaryAsync(new() { Parent = "projects/big" }, cancellationToken: Cancelled), StatusCode.ResourceExhausted);
        Assert.Contains("65536", refusal.Status.Detail, StringComparison.Ordinal);
    }

    private static async Task<VulnerabilityOccurrencesSummary> SummaryAsync(IngestHost host, string project) =>
        await host.Beta.GetVulnerabilityOccurrencesSummaryAsync(new() { Parent = $"projects/{project}" }, cancellationToken: Cancelled);
}
