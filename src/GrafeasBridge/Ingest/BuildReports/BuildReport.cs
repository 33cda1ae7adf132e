using Grafeas.V1;
using GrafeasBridge.Api;
using GrafeasBridge.V1;

namespace GrafeasBridge.Ingest.BuildReports;

/// <summary>What a report of a build says in the words of Grafeas. For reports that have passed their rules.</summary>
internal static class BuildReport
{
    public static string ResourceOf(BuiltArtifact artifact) =>
        artifact.Uri.Length > 0 ? artifact.Uri
        : artifact.Digest.Length > 0 ? ArtifactResource.OfUntagged(artifact.Names[0], artifact.Digest)
        : artifact.Names[0];

    public static Occurrence Occurrence(string project, ReportBuildRequest request, BuiltArtifact artifact)
    {
        var resource = ResourceOf(artifact);
        var build = new BuildOccurrence { Provenance = Provenance(request, artifact, resource) };
        if (request.Builder.Length > 0 || request.Ref.Length > 0)
            build.InTotoSlsaProvenanceV1 = Statement(request, artifact, resource);
        return new Occurrence { ResourceUri = resource, NoteName = new NoteName(project, request.Note).ToString(), Build = build };
    }

    private static BuildProvenance Provenance(ReportBuildRequest request, BuiltArtifact artifact, string resource)
    {
        var provenance = new BuildProvenance
        {
            Id = request.BuildId,
            Creator = request.Creator,
            LogsUri = request.LogsUri,
            BuilderVersion = request.BuilderVersion,
            StartTime = request.StartTime,
            EndTime = request.EndTime,
        };
        if (request.Repository.Length > 0 || request.Commit.Length > 0)
        {
            var git = new GitSourceContext { Url = request.Repository, RevisionId = request.Commit };
            provenance.SourceProvenance = new Source { Context = new SourceContext { Git = git } };
        }

        if (artifact.Digest.Length > 0 || artifact.Names.Count > 0)
        {
            var built = new Artifact { Checksum = artifact.Digest, Id = ArtifactResource.DigestIn(resource) is null ? string.Empty : resource };
            built.Names.Add(artifact.Names);
            provenance.BuiltArtifacts.Add(built);
        }

        return provenance;
    }

    /// <summary>Builder and ref have no field in a provenance; in SLSA's words they have.</summary>
    private static InTotoSlsaProvenanceV1 Statement(ReportBuildRequest request, BuiltArtifact artifact, string resource)
    {
        var definition = new InTotoSlsaProvenanceV1.Types.BuildDefinition();
        if (request.Ref.Length > 0)
            definition.ResolvedDependencies.Add(SourceOf(request));
        var statement = new InTotoSlsaProvenanceV1
        {
            Type = "https://in-toto.io/Statement/v1",
            PredicateType = "https://slsa.dev/provenance/v1",
            Predicate = new()
            {
                BuildDefinition = definition,
                RunDetails = new() { Builder = new() { Id = request.Builder }, Metadata = new() { InvocationId = request.BuildId } },
            },
        };
        string[] names = artifact.Names.Count > 0 ? [.. artifact.Names] : [resource];
        foreach (var name in names)
        {
            var subject = new Subject { Name = name };
            if (artifact.Digest.Split(':') is [var algorithm, var hex])
                subject.Digest[algorithm] = hex;
            statement.Subject.Add(subject);
        }

        return statement;
    }

    private static InTotoSlsaProvenanceV1.Types.ResourceDescriptor SourceOf(ReportBuildRequest request)
    {
        var reference = request.Ref.StartsWith("refs/", StringComparison.Ordinal) ? request.Ref : "refs/heads/" + request.Ref;
        var source = new InTotoSlsaProvenanceV1.Types.ResourceDescriptor { Uri = $"git+{request.Repository}@{reference}" };
        if (request.Commit.Length > 0)
            source.Digest["gitCommit"] = request.Commit;
        return source;
    }
}
