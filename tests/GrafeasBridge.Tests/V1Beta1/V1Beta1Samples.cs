using Grafeas.V1Beta1;
using Grafeas.V1Beta1.Build;
using Grafeas.V1Beta1.Intoto;
using Grafeas.V1Beta1.Provenance;
using Grafeas.V1Beta1.Vulnerability;
using GrafeasBridge.Tests.Ingest;
using BuildDetails = Grafeas.V1Beta1.Build.Details;
using IntotoDetails = Grafeas.V1Beta1.Intoto.Details;
using VulnerabilityDetails = Grafeas.V1Beta1.Vulnerability.Details;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>Small valid messages of v1beta1.</summary>
internal static class V1Beta1Samples
{
    public static Note BuildNote() => new() { Build = new Build { BuilderVersion = "1" } };

    public static Occurrence Build(string note, string id = "b1", string resource = "https://r.example/a/b:1") => new()
    {
        Resource = new Resource { Uri = resource },
        NoteName = note,
        Build = new BuildDetails { Provenance = new BuildProvenance { Id = id } },
    };

    public static Occurrence Link(string note, string resource = "https://r.example/a/b:1") => new()
    {
        Resource = new Resource { Uri = resource },
        NoteName = note,
        Intoto = new IntotoDetails { Link = new Link { EffectiveCommand = { "make" } } },
    };

    public static Occurrence Found(string note, string resource, Severity severity, Severity effective, bool mended)
    {
        var issue = new PackageIssue { AffectedLocation = Location("1.0") };
        if (mended)
            issue.FixedLocation = Location("1.1");
        return new Occurrence
        {
            Resource = new Resource { Uri = resource },
            NoteName = note,
            Vulnerability = new VulnerabilityDetails { Severity = severity, EffectiveSeverity = effective, PackageIssue = { issue } },
        };
    }

    /// <summary>Makes <c>projects/PROJECT/notes/ID</c> by way of v1beta1 and names it.</summary>
    public static async Task<string> NoteAsync(IngestHost host, string project, Note note, string id = "n")
    {
        var created = await host.Beta.CreateNoteAsync(
            new CreateNoteRequest { Parent = $"projects/{project}", NoteId = id, Note = note },
            cancellationToken: TestContext.Current.CancellationToken);
        return created.Name;
    }

    private static VulnerabilityLocation Location(string version) => new()
    {
        CpeUri = "cpe:/o:debian:debian_linux:12",
        Package = "zlib",
        Version = new Grafeas.V1Beta1.Package.Version { Kind = Grafeas.V1Beta1.Package.Version.Types.VersionKind.Normal, Name = version },
    };
}
