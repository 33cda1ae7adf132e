using Grafeas.V1;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Query;

/// <summary>Small builds, sent as a CI step sends them.</summary>
internal static class BuildSamples
{
    public const string Digest = "sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a";
    public const string Commit = "aaf98fd77ddc1963c0f34f34c46bd84d7a08c260";

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Occurrence Of(string project, string version, string package = "team/web", string id = "b-1") => new()
    {
        ResourceUri = $"acme-docker-images.bintray.io/{package}:{version}",
        NoteName = $"projects/{project}/notes/build",
        Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = id, Creator = "ci" } },
    };

    /// <summary>One that tells which commit and which digest it is about.</summary>
    public static Occurrence WithFacts(string project, string version)
    {
        var occurrence = Of(project, version);
        occurrence.Build.Provenance.SourceProvenance = new Source
        {
            Context = new SourceContext { Git = new GitSourceContext { Url = "https://git.example.com/team/web.git", RevisionId = Commit } },
        };
        occurrence.Build.Provenance.BuiltArtifacts.Add(new Artifact { Checksum = Digest, Id = Digest, Names = { occurrence.ResourceUri } });
        return occurrence;
    }

    public static async Task NoteAsync(BridgeHost host, string project, Grpc.Core.Metadata? headers = null) =>
        await new Grafeas.V1.Grafeas.GrafeasClient(host.Channel).CreateNoteAsync(
            new CreateNoteRequest { Parent = "projects/" + project, NoteId = "build", Note = new Note { Build = new BuildNote { BuilderVersion = "1" } } },
            headers,
            cancellationToken: Cancelled);

    public static async Task<Occurrence> SendAsync(BridgeHost host, string project, Occurrence occurrence, Grpc.Core.Metadata? headers = null) =>
        await new Grafeas.V1.Grafeas.GrafeasClient(host.Channel).CreateOccurrenceAsync(
            new CreateOccurrenceRequest { Parent = "projects/" + project, Occurrence = occurrence }, headers, cancellationToken: Cancelled);

    public static GetVersionRequest Version(string version, string target = "embedded") =>
        new() { Target = target, Subject = "acme", Repo = "images", Package = "team/web", Version = version };

    public static RedeliverRequest Again(string version, string target = "embedded") =>
        new() { Target = target, Subject = "acme", Repo = "images", Package = "team/web", Version = version };

    /// <summary>Looks until the version is in the state; the test's own end bounds it.</summary>
    public static async Task<VersionSummary> UntilAsync(BridgeHost host, GetVersionRequest version, DeliveryState state)
    {
        var bridge = new Bridge.BridgeClient(host.Channel);
        while (true)
        {
            var report = await bridge.GetVersionAsync(version, cancellationToken: Cancelled);
            if (report.Summary.State == state)
                return report.Summary;
        }
    }
}
