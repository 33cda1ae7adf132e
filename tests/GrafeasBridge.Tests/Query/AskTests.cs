using System.Net;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Tests.Query;

/// <summary>What people ask, on the whole service.</summary>
[OnBothStores]
public sealed class AskTests : IAsyncLifetime
{
    private BridgeHost host = null!;

    private Bridge.BridgeClient Bridge => new(host.Channel);

    public async ValueTask InitializeAsync()
    {
        host = await BridgeHost.StartAsync();
        await BuildSamples.NoteAsync(host, "ci");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_version_is_seen_at_once_with_every_attribute_and_where_it_came_from()
    {
        var created = await BuildSamples.SendAsync(host, "ci", BuildSamples.WithFacts("ci", "1.4.0"));
        var report = await Bridge.GetVersionAsync(BuildSamples.Version("1.4.0"), cancellationToken: BuildSamples.Cancelled);
        Assert.Equal("acme/images/team/web/1.4.0", $"{report.Summary.Subject}/{report.Summary.Repo}/{report.Summary.Package}/{report.Summary.Version}");
        Assert.Equal(1, report.OccurrenceCount);
        var id = Assert.Single(report.Attributes, a => a.Name == "build.id");
        Assert.Equal(["b-1"], id.Values);
        Assert.Equal(AttributeType.String, id.Type);
        Assert.Equal("newest build: build.provenance.id", id.Rule);
        Assert.Equal(created.Name, id.SourceOccurrence);
        Assert.Equal("build.provenance.id", id.SourceField);
        Assert.Empty(id.Loss);
        Assert.All(report.Attributes, a => Assert.Equal(created.Name, a.SourceOccurrence));
    }

    [Fact]
    public async Task A_version_that_nothing_was_sent_for_is_not_found()
    {
        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
        var status = await Refusal.OfAsync(StatusCode.NotFound, Bridge.GetVersionAsync(BuildSamples.Version("2"), cancellationToken: BuildSamples.Cancelled));
        Assert.Contains("embedded/acme/images/team/web/2", status.Detail, StringComparison.Ordinal);
        await Refusal.OfAsync(StatusCode.NotFound, Bridge.GetVersionAsync(BuildSamples.Version("1", "elsewhere"), cancellationToken: BuildSamples.Cancelled));
        await Refusal.OfAsync(StatusCode.NotFound, Bridge.RedeliverAsync(BuildSamples.Again("2"), cancellationToken: BuildSamples.Cancelled));
        await Refusal.OfAsync(StatusCode.InvalidArgument, Bridge.GetVersionAsync(new GetVersionRequest { Target = "embedded" }, cancellationToken: BuildSamples.Cancelled));
    }

    [Fact]
    public async Task Versions_are_listed_by_whatever_is_known_of_them()
    {
        await BuildSamples.SendAsync(host, "ci", BuildSamples.WithFacts("ci", "1"));
        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "2"));
        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "3", "team/api"));
        Assert.Equal(["1", "2", "3"], await ListAsync(new()));
        Assert.Equal(["1", "2", "3"], await ListAsync(new() { Target = "embedded", Subject = "acme", Repo = "images" }));
        Assert.Empty(await ListAsync(new() { Target = "elsewhere" }));
        Assert.Equal(["3"], await ListAsync(new() { Package = "team/api" }));
        Assert.Equal(["1"], await ListAsync(new() { Commit = BuildSamples.Commit }));
        Assert.Equal(["1"], await ListAsync(new() { Digest = BuildSamples.Digest }));
        Assert.Empty(await ListAsync(new() { Digest = BuildSamples.Digest, Package = "team/api" }));
        foreach (var version in new[] { "1", "2" })
            await BuildSamples.UntilAsync(host, BuildSamples.Version(version), DeliveryState.Verified);
        Assert.Equal(["1", "2"], await ListAsync(new() { Package = "team/web", State = DeliveryState.Verified }));
        Assert.Empty(await ListAsync(new() { State = DeliveryState.Parked }));
    }

    [Fact]
    public async Task Pages_follow_each_other_and_take_no_token_but_their_own()
    {
        foreach (var version in new[] { "1", "2", "3", "4", "5" })
            await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", version));
        var seen = new List<string>();
        var tokens = new List<string>();
        var request = new ListVersionsRequest { Package = "team/web", PageSize = 2 };
        do
        {
            var page = await Bridge.ListVersionsAsync(request, cancellationToken: BuildSamples.Cancelled);
            seen.AddRange(page.Versions.Select(v => v.Version));
            tokens.Add(request.PageToken = page.NextPageToken);
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(["1", "2", "3", "4", "5"], seen);
        Assert.Equal(3, tokens.Count);

        foreach (var wrong in new ListVersionsRequest[]
        {
            new() { PageToken = tokens[0] }, // of another question
            new() { Package = "team/web", PageToken = "AAAA" },
            new() { Package = "team/web", PageToken = tokens[0][..^1] },
        })
        {
            await Refusal.OfAsync(StatusCode.InvalidArgument, Bridge.ListVersionsAsync(wrong, cancellationToken: BuildSamples.Cancelled));
        }

        await Refusal.OfAsync(
            StatusCode.InvalidArgument,
            Bridge.ListUnmappedAsync(new ListUnmappedRequest { Parent = "projects/ci", PageToken = tokens[0] }, cancellationToken: BuildSamples.Cancelled));
    }

    [Fact]
    public async Task Questions_that_contradict_themselves_are_refused()
    {
        await RefusedAsync(new() { Commit = BuildSamples.Commit, Digest = BuildSamples.Digest }, "commit");
        await RefusedAsync(new() { State = (DeliveryState)77 }, "77");
        await RefusedAsync(new() { PageSize = -1 }, "page_size");
        await RefusedAsync(new() { PageSize = 1001 }, "page_size");
    }

    [Fact]
    public async Task An_occurrence_tells_where_it_went_or_why_nowhere()
    {
        var mapped = await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
        var delivery = await Bridge.GetOccurrenceDeliveryAsync(new() { Name = mapped.Name }, cancellationToken: BuildSamples.Cancelled);
        Assert.Equal("1", Assert.Single(delivery.Versions).Version);
        Assert.Empty(delivery.UnmappedReason);

        var lost = BuildSamples.Of("ci", "1");
        lost.ResourceUri = "https://nobody.example.com/thing";
        lost = await BuildSamples.SendAsync(host, "ci", lost);
        delivery = await Bridge.GetOccurrenceDeliveryAsync(new() { Name = lost.Name }, cancellationToken: BuildSamples.Cancelled);
        Assert.Empty(delivery.Versions);
        Assert.Contains("nobody.example.com", delivery.UnmappedReason, StringComparison.Ordinal);

        var unmapped = await Bridge.ListUnmappedAsync(new() { Parent = "projects/ci" }, cancellationToken: BuildSamples.Cancelled);
        var only = Assert.Single(unmapped.Occurrences);
        Assert.Equal((lost.Name, lost.ResourceUri, delivery.UnmappedReason), (only.Name, only.ResourceUri, only.Reason));
        Assert.Equal(lost.CreateTime, only.CreateTime);
        Assert.Empty((await Bridge.ListUnmappedAsync(new() { Parent = "projects/other" }, cancellationToken: BuildSamples.Cancelled)).Occurrences);
        await Refusal.OfAsync(
            StatusCode.NotFound,
            Bridge.GetOccurrenceDeliveryAsync(new() { Name = "projects/ci/occurrences/none" }, cancellationToken: BuildSamples.Cancelled));
    }

    [Theory]
    [InlineData("1.4.0", "1.4.0")]
    [InlineData("1.0+5", "1.0%2B5")]
    [InlineData("1.0~rc1", "1.0%7Erc1")]
    public async Task A_version_is_asked_for_by_its_path(string version, string escaped)
    {
        var occurrence = BuildSamples.Of("ci", "1");
        occurrence.ResourceUri = $"https://dl.bintray.com/acme/images/team:web/{version}/file.tar";
        occurrence = await BuildSamples.SendAsync(host, "ci", occurrence);
        foreach (var package in new[] { "team:web", "team%3Aweb", "team%2Fweb" })
        {
            var path = $"/bridge/v1/targets/embedded/subjects/acme/repos/images/packages/{package}/versions/{escaped}";
            var report = await JsonAsync(await host.Rest.GetAsync(new Uri(path, UriKind.Relative), BuildSamples.Cancelled));
            Assert.Equal(version, (string?)report["summary"]!["version"]);
            Assert.Equal("team/web", (string?)report["summary"]!["package"]);
            using var nothing = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
            var again = await JsonAsync(await host.Rest.PostAsync(new Uri(path + ":redeliver", UriKind.Relative), nothing, BuildSamples.Cancelled));
            Assert.Equal(version, (string?)again["version"]);
        }

        var delivery = await GetAsync($"/bridge/v1/{occurrence.Name}/delivery");
        Assert.Equal(version, (string?)delivery["versions"]![0]!["version"]);
    }

    [Fact]
    public async Task Every_other_question_has_a_path_too()
    {
        await BuildSamples.SendAsync(host, "ci", BuildSamples.WithFacts("ci", "1"));
        Assert.Equal("1", (string?)(await GetAsync("/bridge/v1/versions?package=team%3Aweb&pageSize=5"))["versions"]![0]!["version"]);
        Assert.Equal("1", (string?)(await GetAsync("/bridge/v1/versions?digest=" + Uri.EscapeDataString(BuildSamples.Digest)))["versions"]![0]!["version"]);
        var lost = BuildSamples.Of("ci", "2");
        lost.ResourceUri = "https://nobody.example.com/thing";
        lost = await BuildSamples.SendAsync(host, "ci", lost);
        Assert.Equal(lost.Name, (string?)(await GetAsync("/bridge/v1/projects/ci/unmapped"))["occurrences"]![0]!["name"]);
        using var missing = await host.Rest.GetAsync(
            new Uri("/bridge/v1/targets/embedded/subjects/acme/repos/images/packages/none/versions/1", UriKind.Relative), BuildSamples.Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var explain = new StringContent(
            """{"parent":"projects/ci","occurrence":{"resourceUri":"acme-docker-images.bintray.io/a:1","noteName":"projects/ci/notes/build","build":{"provenance":{"id":"x"}}}}""",
            System.Text.Encoding.UTF8,
            "application/json");
        var explained = await JsonAsync(await host.Rest.PostAsync(new Uri("/bridge/v1/explain", UriKind.Relative), explain, BuildSamples.Cancelled));
        Assert.Equal("a", (string?)explained["versions"]![0]!["package"]);
    }

    private async Task<IEnumerable<string>> ListAsync(ListVersionsRequest request) =>
        (await Bridge.ListVersionsAsync(request, cancellationToken: BuildSamples.Cancelled)).Versions.Select(v => v.Version);

    private async Task RefusedAsync(ListVersionsRequest request, string named)
    {
        var status = await Refusal.OfAsync(StatusCode.InvalidArgument, Bridge.ListVersionsAsync(request, cancellationToken: BuildSamples.Cancelled));
        Assert.Contains(named, status.Detail, StringComparison.Ordinal);
    }

    private async Task<JsonNode> GetAsync(string path) => await JsonAsync(await host.Rest.GetAsync(new Uri(path, UriKind.Relative), BuildSamples.Cancelled));

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(BuildSamples.Cancelled);
            Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.RequestUri}: {answer.StatusCode} {text}");
            return JsonNode.Parse(text)!;
        }
    }
}
