using Grafeas.V1;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Tests.Query;

/// <summary>The dry run tells what a create would do, and does nothing.</summary>
[OnBothStores]
public sealed class ExplainTests : IAsyncLifetime
{
    private BridgeHost host = null!;

    private Bridge.BridgeClient Bridge => new(host.Channel);

    public async ValueTask InitializeAsync() => host = await BridgeHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task What_is_explained_is_what_a_create_then_gives()
    {
        await BuildSamples.NoteAsync(host, "ci");
        var occurrence = BuildSamples.WithFacts("ci", "1.4.0");
        var explained = await ExplainAsync(occurrence);
        var version = Assert.Single(explained.Versions);
        Assert.Equal(("acme", "images", "team/web", "1.4.0"), (version.Subject, version.Repo, version.Package, version.Version));
        Assert.Equal("bintray-docker", version.Resolver);
        Assert.Empty(explained.Problems);
        Assert.Empty(explained.UnmappedReason);

        await BuildSamples.SendAsync(host, "ci", occurrence);
        var report = await Bridge.GetVersionAsync(BuildSamples.Version("1.4.0"), cancellationToken: BuildSamples.Cancelled);
        Assert.Equal(Lines(report.Attributes), Lines(version.Attributes));
        Assert.NotEmpty(version.Attributes);
    }

    [Fact]
    public async Task Explaining_stores_nothing()
    {
        await ExplainAsync(BuildSamples.WithFacts("ci", "1.4.0"));
        Assert.Empty((await Bridge.ListVersionsAsync(new(), cancellationToken: BuildSamples.Cancelled)).Versions);
        Assert.Empty((await Bridge.ListUnmappedAsync(new() { Parent = "projects/ci" }, cancellationToken: BuildSamples.Cancelled)).Occurrences);
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(host.Channel);
        Assert.Empty((await grafeas.ListOccurrencesAsync(new() { Parent = "projects/ci" }, cancellationToken: BuildSamples.Cancelled)).Occurrences);
    }

    [Fact]
    public async Task What_would_be_refused_or_go_nowhere_is_said_in_words()
    {
        var wrong = BuildSamples.Of("ci", "1");
        wrong.NoteName = "build";
        wrong.Build.Provenance.Id = "";
        var explained = await ExplainAsync(wrong);
        Assert.Contains(explained.Problems, p => p.StartsWith("occurrence.note_name: ", StringComparison.Ordinal));
        Assert.Contains(explained.Problems, p => p.StartsWith("occurrence.build.provenance.id: ", StringComparison.Ordinal));
        Assert.Single(explained.Versions);

        var lost = BuildSamples.Of("ci", "1");
        lost.ResourceUri = "https://nobody.example.com/thing";
        explained = await ExplainAsync(lost);
        Assert.Empty(explained.Versions);
        Assert.Contains("nobody.example.com", explained.UnmappedReason, StringComparison.Ordinal);
        await Refusal.OfAsync(StatusCode.InvalidArgument, Bridge.ExplainAsync(new() { Parent = "projects/ci" }, cancellationToken: BuildSamples.Cancelled));
        await Refusal.OfAsync(StatusCode.InvalidArgument, Bridge.ExplainAsync(new() { Parent = "ci", Occurrence = lost }, cancellationToken: BuildSamples.Cancelled));
    }

    [Fact]
    public async Task A_digest_is_explained_by_the_build_that_named_it()
    {
        await BuildSamples.NoteAsync(host, "ci");
        var scan = BuildSamples.Of("ci", "1");
        scan.ResourceUri = "https://mirror.example.com/web@" + BuildSamples.Digest;
        var before = await ExplainAsync(scan);
        Assert.Contains(BuildSamples.Digest, before.UnmappedReason, StringComparison.Ordinal);

        await BuildSamples.SendAsync(host, "ci", BuildSamples.WithFacts("ci", "1.4.0"));
        var after = await ExplainAsync(scan);
        Assert.Equal("1.4.0", Assert.Single(after.Versions).Version);
        Assert.Empty(after.UnmappedReason);
    }

    private async Task<ExplainResponse> ExplainAsync(Occurrence occurrence) =>
        await Bridge.ExplainAsync(new ExplainRequest { Parent = "projects/ci", Occurrence = occurrence }, cancellationToken: BuildSamples.Cancelled);

    // Before it is stored an occurrence has no name, and time of creation is the server's.
    private static IEnumerable<string> Lines(IEnumerable<MappedAttribute> attributes) => attributes
        .Where(a => a.Name != "grafeas.occurrence")
        .Select(a => $"{a.Name} {a.Type} {string.Join(',', a.Values)} {a.Rule} {a.SourceField} {a.Loss}");
}
