using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>What is refused of a flat report, in which words.</summary>
public sealed class BuildsRefusalTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_problem_is_told_at_once_with_its_field()
    {
        var report = new ReportBuildRequest
        {
            Parent = "projects/ci",
            Repository = "nowhere",
            Commit = "two words",
            LogsUri = "ftp://h.example/log",
            Creator = "line\nbreak",
            Note = "a/b",
            StartTime = Timestamp.FromDateTime(DateTime.UnixEpoch.AddSeconds(1)),
            EndTime = Timestamp.FromDateTime(DateTime.UnixEpoch),
            BuilderVersion = new string('v', 1025),
            Artifacts =
            {
                new BuiltArtifact { Digest = "sha256:foo" },
                new BuiltArtifact { Digest = "md5:d41d8cd98f00b204e9800998ecf8427e", Names = { "", "a b" } },
                new BuiltArtifact { Digest = Sha("a"), Names = { "h.example/a@" + Sha("b") } },
                new BuiltArtifact { Digest = Sha("a"), Names = { "h.example/a:1" } },
                new BuiltArtifact { Digest = Sha("a"), Names = { "h.example/a:2" } },
            },
            ResourceUri = "x",
        };
        Assert.Equal(
            [
                "build_id is required",
                "commit must not hold a space",
                "builder_version has 1025 characters; at most 1024 are allowed",
                "creator must not hold line breaks or other control characters",
                "repository is 'nowhere'; an address such as https://host/team/web.git or git@host:team/web.git is wanted",
                "logs_uri is 'ftp://h.example/log'; an address that begins with https:// or http:// is wanted",
                "note must not contain '/'",
                "end_time is \"1970-01-01T00:00:00Z\", before start_time, \"1970-01-01T00:00:01Z\"",
                "resource_uri cannot be given together with artifacts; give an artifact a uri",
                "artifacts[0].digest is 'sha256:foo'; sha256: and 64 hexadecimal digits are wanted",
                "artifacts[0].names needs at least one element, unless there is a uri",
                "artifacts[1].digest is 'md5:d41d8cd98f00b204e9800998ecf8427e'; sha256:, sha384: or sha512: and hexadecimal digits are wanted",
                "artifacts[1].names[0] is required",
                "artifacts[1].names[1] must not hold a space",
                $"artifacts[2].names[0] ends in the digest {Sha("b")}, but the artifact's is {Sha("a")}",
                "artifacts[4] is the same resource as artifacts[3]; list its names in one element",
            ],
            await ProblemsAsync(report));
        Assert.Empty((await fixture.Host.Grafeas.ListOccurrencesAsync(new ListOccurrencesRequest { Parent = "projects/ci" }, cancellationToken: Cancelled)).Occurrences);
    }

    [Theory]
    [InlineData("ref", "main", "ref needs repository: a branch is a branch of something")]
    [InlineData("repository", "https://user:secret@", "repository is 'https://'; an address such as https://host/team/web.git or git@host:team/web.git is wanted")]
    [InlineData("uri", "", "artifacts needs at least one element, unless resource_uri says what was built")]
    [InlineData("names", "", "artifacts[0].names holds 101 elements; at most 100 are allowed")]
    [InlineData("many", "", "artifacts holds 1001 elements; at most 1000 are allowed (Ingest:MaxBatch)")]
    [InlineData("time", "", "end_time is no time between the years 1 and 9999")]
    public async Task What_does_not_fit_is_refused_with_limit_and_value(string what, string value, string problem)
    {
        var report = BuildsTests.Report(("h.example/a:1", "a"));
        switch (what)
        {
            case "ref": report.Ref = value; break;
            case "repository": report.Repository = value; break;
            case "uri": report.Artifacts.Clear(); break;
            case "names": report.Artifacts[0].Names.AddRange(Enumerable.Repeat("h.example/b", 100)); break;
            case "many":
                for (var i = 0; i < 1000; i++)
                    report.Artifacts.Add(new BuiltArtifact { Uri = $"u{i}" }); break;
            default: report.EndTime = new Timestamp { Seconds = long.MaxValue }; break;
        }

        Assert.Equal([problem], await ProblemsAsync(report));
    }

    [Fact]
    public async Task Over_REST_a_misspelt_field_is_refused_with_its_name()
    {
        var answer = await RestCalls.SendAsync(
            fixture.Host, HttpMethod.Post, "/v1/projects/ci/builds", """{ "buildID": "b", "artifacts": [ { "digset": "x" } ] }""");
        Assert.Equal(400, (int)answer.StatusCode);
        var text = (await RestCalls.JsonAsync(answer)).ToJsonString();
        Assert.Contains("buildID is no field of grafeasbridge.v1.ReportBuildRequest", text, StringComparison.Ordinal);
        Assert.Contains("artifacts[0].digset is no field of grafeasbridge.v1.BuiltArtifact", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_of_another_kind_is_refused()
    {
        await fixture.Host.Grafeas.CreateNoteAsync(
            new CreateNoteRequest { Parent = "projects/kinds", NoteId = "builds", Note = new Note { Attestation = new AttestationNote() } },
            cancellationToken: Cancelled);
        var report = BuildsTests.Report(("h.example/a:1", "a"));
        report.Parent = "projects/kinds";
        Assert.Contains("artifacts[0].details the occurrence is of kind BUILD", Assert.Single(await ProblemsAsync(report)), StringComparison.Ordinal);
    }

    private static string Sha(string name) => "sha256:" + Envelopes.Sha256(name);

    private async Task<IEnumerable<string>> ProblemsAsync(ReportBuildRequest report) =>
        Refusals.Violations(await Refusals.OfAsync(
            new Builds.BuildsClient(fixture.Host.Channel).ReportBuildAsync(report, cancellationToken: Cancelled), StatusCode.InvalidArgument))
            .Select(violation => $"{violation.Field} {violation.Description}");
}
