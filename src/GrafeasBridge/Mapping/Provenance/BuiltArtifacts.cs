using Grafeas.V1;
using GrafeasBridge.Mapping.Resolving;

namespace GrafeasBridge.Mapping.Provenance;

/// <summary>One name under which an occurrence speaks of an artifact.</summary>
/// <param name="Digest">Of the artifact, as far as the occurrence says it.</param>
/// <param name="Field">Where the name stands.</param>
internal sealed record NamedArtifact(string Name, string? Digest, string Field);

/// <summary>A digest as an occurrence says it.</summary>
internal sealed record DigestValue(string Digest, string Field);

/// <summary>The artifacts that an occurrence speaks of: built ones, and subjects of in-toto statements of every form.</summary>
internal static class BuiltArtifacts
{
    private const string Built = "build.provenance.built_artifacts";

    /// <summary>In the order of the message. An artifact's id counts as a name.</summary>
    public static IEnumerable<NamedArtifact> Names(Occurrence occurrence)
    {
        foreach (var (artifact, field) in BuiltOf(occurrence))
        {
            var digest = DigestOf(artifact);
            if (artifact.Id.Length > 0)
                yield return new NamedArtifact(artifact.Id, ImageReference.DigestOf(artifact.Id) ?? digest, field + ".id");
            foreach (var (name, i) in artifact.Names.Select((name, i) => (name, i)).Where(n => n.name.Length > 0))
                yield return new NamedArtifact(name, ImageReference.DigestOf(name) ?? digest, $"{field}.names[{i}]");
        }

        foreach (var (subject, field) in SubjectsOf(occurrence))
        {
            if (subject.Name.Length > 0)
                yield return new NamedArtifact(subject.Name, Digests.Best(subject.Digest), field + ".name");
        }
    }

    /// <summary>Names for people: an artifact's id only when it has no names.</summary>
    public static IEnumerable<NamedArtifact> ShownNames(Occurrence occurrence)
    {
        var hidden = BuiltOf(occurrence).Where(b => b.Item.Names.Count > 0).Select(b => b.Field + ".id").ToHashSet(StringComparer.Ordinal);
        return Names(occurrence).Where(n => !hidden.Contains(n.Field));
    }

    /// <summary>Every digest; a checksum that says no algorithm and cannot be told by its length is given as it is.</summary>
    public static IEnumerable<DigestValue> DigestsOf(Occurrence occurrence)
    {
        foreach (var (artifact, field) in BuiltOf(occurrence))
        {
            if (artifact.Checksum.Length > 0)
                yield return new DigestValue(Digests.FromChecksum(artifact.Checksum) ?? artifact.Checksum, field + ".checksum");
            else if (DigestOf(artifact) is { } digest)
                yield return new DigestValue(digest, field + ".id");
        }

        foreach (var (subject, field) in SubjectsOf(occurrence))
        {
            if (Digests.Best(subject.Digest) is { } digest)
                yield return new DigestValue(digest, field + ".digest");
        }
    }

    private static string? DigestOf(Artifact artifact) =>
        Digests.FromChecksum(artifact.Checksum)
        ?? ImageReference.DigestOf(artifact.Id)
        ?? artifact.Names.Select(ImageReference.DigestOf).FirstOrDefault(d => d is not null);

    private static IEnumerable<(Artifact Item, string Field)> BuiltOf(Occurrence occurrence) =>
        occurrence.Build?.Provenance?.BuiltArtifacts.Select((artifact, i) => (artifact, $"{Built}[{i}]")) ?? [];

    private static IEnumerable<(Subject Item, string Field)> SubjectsOf(Occurrence occurrence)
    {
        var statements = new (IEnumerable<Subject>? Subjects, string Field)[]
        {
            (occurrence.Build?.InTotoSlsaProvenanceV1?.Subject, "build.in_toto_slsa_provenance_v1.subject"),
            (occurrence.Build?.IntotoStatement?.Subject, "build.intoto_statement.subject"),
            (occurrence.DsseAttestation?.Statement?.Subject, "dsse_attestation.statement.subject"),
            (occurrence.SbomReference?.Payload?.Subject, "sbom_reference.payload.subject"),
        };
        return statements.SelectMany(s => (s.Subjects ?? []).Select((subject, i) => (subject, $"{s.Field}[{i}]")));
    }
}
