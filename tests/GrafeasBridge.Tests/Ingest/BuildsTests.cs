using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Tests.Access;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Flat reports of builds, through the front door of the whole service.</summary>
[OnBothStores]
public sealed class BuildsTests
{
    private const string Registry = "acme-docker-images.bintray.io/team/web";
    private static readonly string Digest = "sha256:" + Envelopes.Sha256("web");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_curl_reports_becomes_attributes_of_every_version_that_it_names()
    {
        await using var host = await BridgeHost.StartAsync();
        var body = $$"""
            {
              "repository": "https://git.example.com/team/web.git", "commit": "2ce3f90facdb51aeb950d5bc641e981be61fdf48", "ref": "main",
              "buildId": "b-42", "builder": "https://ci.example.com/runner", "builderVersion": "7.1", "logsUri": "https://ci.example.com/b-42/log",
              "startTime": "2024-03-01T10:00:00Z", "endTime": "2024-03-01T10:04:00Z", "creator": "ada",
              "artifacts": [ { "digest": "{{Digest.ToUpperInvariant().Replace("SHA256", "sha256", StringComparison.Ordinal)}}", "names": [ "{{Registry}}:1.4.0", "{{Registry}}:latest" ] } ]
            }
            """;
        var answer = await PostAsync(host, "/v1/projects/ci/builds", body);
        var artifact = Assert.Single(answer["artifacts"]!.AsArray())!;
        Assert.Equal($"{Registry}@{Digest}", (string?)artifact["resourceUri"]);
        Assert.Equal(Digest, (string?)artifact["digest"]);
        Assert.StartsWith("projects/ci/occurrences/", (string?)artifact["occurrence"], StringComparison.Ordinal);
        foreach (var version in new[] { "1.4.0", "latest" })
        {
            var carried = await EmulatorAttributes.OfAsync(host, "acme/images/team:web/" + version);
            Assert.Equal("b-42", carried["build.id"]);
            Assert.Equal("https://ci.example.com/b-42/log", carried["build.url"]);
            Assert.Equal("https://ci.example.com/runner", carried["builder.id"]);
            Assert.Equal("7.1", carried["builder.version"]);
            Assert.Equal("ada", carried["build.creator"]);
            Assert.Equal("2024-03-01T10:00:00.000Z", carried["build.started"]);
            Assert.Equal("2024-03-01T10:04:00.000Z", carried["build.finished"]);
            Assert.Equal("https://git.example.com/team/web.git", carried["vcs.url"]);
            Assert.Equal("2ce3f90facdb51aeb950d5bc641e981be61fdf48", carried["vcs.revision"]);
            Assert.Equal("main", carried["vcs.branch"]);
            Assert.Equal(Digest, carried["artifact.digest"]);
        }
    }

    [Theory]
    [InlineData("/v1/projects/ci/builds", "")]
    [InlineData("/bridge/v1/projects/ci/builds", "")]
    [InlineData("/v1/builds", "\"parent\": \"projects/ci\",")]
    public async Task Every_path_leads_to_the_same_place(string path, string parent)
    {
        await using var host = await BridgeHost.StartAsync();
        var body = $"{{ {parent} \"build_id\": \"b-1\", \"resource_uri\": \"{Registry}:1.0\" }}";
        var answer = await PostAsync(host, path, body);
        var name = (string)answer["artifacts"]![0]!["occurrence"]!;
        var stored = Assert.Single(await ArchivistaTests.OccurrencesAsync(host, "ci"));
        Assert.Equal((name, $"{Registry}:1.0", "projects/ci/notes/builds"), (stored.Name, stored.ResourceUri, stored.NoteName));
        Assert.Equal("b-1", stored.Build.Provenance.Id);
    }

    [Fact]
    public async Task The_same_report_again_changes_nothing_and_one_more_artifact_is_added()
    {
        await using var host = await BridgeHost.StartAsync();
        var report = Report(("h.example/a:1", "a"), ("h.example/b:1", "b"));
        var first = await SendAsync(host, report);
        Assert.All(first.Artifacts, artifact => Assert.False(artifact.Repeated));

        var call = new Builds.BuildsClient(host.Channel).ReportBuildAsync(report, cancellationToken: Cancelled);
        var again = await call;
        Assert.Equal(first.Artifacts.Select(a => a.Occurrence), again.Artifacts.Select(a => a.Occurrence));
        Assert.All(again.Artifacts, artifact => Assert.True(artifact.Repeated));
        Assert.Equal("true", (await call.ResponseHeadersAsync).GetValue("x-grafeasbridge-repeated"));

        var more = Report(("h.example/c:1", "c"), ("h.example/b:1", "b"), ("h.example/a:1", "a"));
        var added = await SendAsync(host, more);
        Assert.Equal([false, true, true], added.Artifacts.Select(a => a.Repeated));
        Assert.Equal(first.Artifacts.Select(a => a.Occurrence), added.Artifacts.Skip(1).Reverse().Select(a => a.Occurrence));
        Assert.Equal(3, (await ArchivistaTests.OccurrencesAsync(host, "ci")).Count);

        // Another build, and the same one under another note, are others.
        var other = report.Clone();
        other.BuildId = "b-2";
        Assert.All((await SendAsync(host, other)).Artifacts, artifact => Assert.False(artifact.Repeated));
        other = report.Clone();
        other.Note = "nightly";
        Assert.All((await SendAsync(host, other)).Artifacts, artifact => Assert.False(artifact.Repeated));
        Assert.Equal(7, (await ArchivistaTests.OccurrencesAsync(host, "ci")).Count);
    }

    [Fact]
    public async Task The_same_artifact_with_other_content_is_ALREADY_EXISTS_and_stores_nothing()
    {
        await using var host = await BridgeHost.StartAsync();
        var name = (await SendAsync(host, Report(("h.example/a:1", "a")))).Artifacts[0].Occurrence;
        foreach (var change in new Action<ReportBuildRequest>[]
        {
            r => r.Creator = "bob", r => r.Commit = "other", r => r.EndTime = Timestamp.FromDateTime(DateTime.UnixEpoch), r => r.Artifacts[1].Names.Add("h.example/a:2"),
        })
        {
            var other = Report(("h.example/new:1", "new"), ("h.example/a:1", "a"));
            change(other);
            var refusal = await Refusals.OfAsync(
                new Builds.BuildsClient(host.Channel).ReportBuildAsync(other, cancellationToken: Cancelled), StatusCode.AlreadyExists);
            Assert.StartsWith("artifacts[1] was told before with other content", refusal.Status.Detail, StringComparison.Ordinal);
            Assert.Contains(name, refusal.Status.Detail, StringComparison.Ordinal);
        }

        using var rest = await SendAsync(host, "/v1/projects/ci/builds", """{ "buildId": "b-1", "creator": "eve", "artifacts": [ { "uri": "u" } ] }""");
        Assert.Equal(HttpStatusCode.OK, rest.StatusCode);
        using var conflict = await SendAsync(host, "/v1/projects/ci/builds", """{ "buildId": "b-1", "artifacts": [ { "uri": "u" } ] }""");
        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        Assert.Equal(2, (await ArchivistaTests.OccurrencesAsync(host, "ci")).Count);
    }

    [Fact]
    public async Task Reports_that_race_make_the_note_and_each_occurrence_once()
    {
        await using var host = await BridgeHost.StartAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 24).Select(_ => SendAsync(host, Report(("h.example/a:1", "a"), ("h.example/b:1", "b")))));
        Assert.Single(answers.Select(a => a.Artifacts[0].Occurrence).Distinct());
        Assert.Single(answers, a => !a.Artifacts[0].Repeated);
        Assert.Equal(2, (await ArchivistaTests.OccurrencesAsync(host, "ci")).Count);
        var note = await new Grafeas.V1.Grafeas.GrafeasClient(host.Channel).GetNoteAsync(
            new GetNoteRequest { Name = "projects/ci/notes/builds" }, cancellationToken: Cancelled);
        Assert.Equal((NoteKind.Build, "7.1"), (note.Kind, note.Build.BuilderVersion));
    }

    [Theory]
    [InlineData("", "h.example/a:1", "h.example/a@D")]
    [InlineData("", "h.example:5000/a", "h.example:5000/a@D")]
    [InlineData("", "https://h.example/files/a.tgz", "https://h.example/files/a.tgz@D")]
    [InlineData("", "pkg:maven/com.acme/app@1.0", "pkg:maven/com.acme/app@1.0?checksum=D")]
    [InlineData("https://h.example/whatever", "h.example/a:1", "https://h.example/whatever")]
    public async Task The_resource_is_the_uri_or_else_the_first_name_and_the_digest(string uri, string name, string resource)
    {
        await using var host = await BridgeHost.StartAsync();
        var report = Report((name, "web"));
        report.Artifacts[0].Uri = uri;
        Assert.Equal(resource.Replace("D", Digest, StringComparison.Ordinal), (await SendAsync(host, report)).Artifacts[0].ResourceUri);
    }

    [Fact]
    public async Task What_concerns_no_version_is_answered_with_the_reason()
    {
        await using var host = await BridgeHost.StartAsync();
        var artifact = Assert.Single((await SendAsync(host, new ReportBuildRequest { Parent = "projects/ci", BuildId = "b", ResourceUri = "somewhere" })).Artifacts);
        Assert.Contains("names no version", artifact.UnmappedReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_needs_the_role_send_in_the_project()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("keys.json"), Keys.Json("reader:read:ci", "ci:send:ci"), Cancelled);
        await using var host = await BridgeHost.StartInAsync(folder.Path, $"Access:KeysFile={folder.File("keys.json")}");
        var client = new Builds.BuildsClient(host.Channel);
        // Refused for the role before anything that is wrong with it.
        await Refusals.OfAsync(client.ReportBuildAsync(new ReportBuildRequest { Parent = "projects/ci" }, Keys.Bearer("reader"), cancellationToken: Cancelled), StatusCode.PermissionDenied);
        await Refusals.OfAsync(client.ReportBuildAsync(new ReportBuildRequest { Parent = "projects/other" }, Keys.Bearer("ci"), cancellationToken: Cancelled), StatusCode.PermissionDenied);
        Assert.Single((await client.ReportBuildAsync(Report(("h.example/a:1", "a")), Keys.Bearer("ci"), cancellationToken: Cancelled)).Artifacts);
    }

    internal static ReportBuildRequest Report(params (string Name, string Content)[] artifacts)
    {
        var report = new ReportBuildRequest { Parent = "projects/ci", BuildId = "b-1", BuilderVersion = "7.1", Creator = "ada" };
        foreach ((var name, var content) in artifacts)
            report.Artifacts.Add(new BuiltArtifact { Digest = "sha256:" + Envelopes.Sha256(content), Names = { name } });
        return report;
    }

    private static async Task<ReportBuildResponse> SendAsync(BridgeHost host, ReportBuildRequest report) =>
        await new Builds.BuildsClient(host.Channel).ReportBuildAsync(report, cancellationToken: Cancelled);

    private static async Task<HttpResponseMessage> SendAsync(BridgeHost host, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await host.Rest.PostAsync(new Uri(path, UriKind.Relative), content, Cancelled);
    }

    private static async Task<JsonNode> PostAsync(BridgeHost host, string path, string body)
    {
        using var answer = await SendAsync(host, path, body);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
