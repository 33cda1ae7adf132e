using System.Collections.Frozen;
using Grafeas.V1;
using GrafeasBridge.Mapping.Provenance;
using GrafeasBridge.Mapping.Resolving;

namespace GrafeasBridge.Mapping.Table;

/// <summary>Something that a path cannot say.</summary>
/// <param name="About">For the documentation: what it gives.</param>
internal sealed record Reader(string Name, string About, Func<Occurrence, IEnumerable<PathValue>> Read);

/// <summary>The closed set of named readers.</summary>
internal sealed class Readers
{
    private readonly FrozenDictionary<string, Reader> byName;

    /// <param name="resolvers">Tells a build's page from an artifact.</param>
    public Readers(ResolverChain resolvers)
    {
        All =
        [
            new Reader(
                "artifact.digest",
                "digest of every built artifact and in-toto subject, as `algorithm:value`",
                o => BuiltArtifacts.DigestsOf(o).Select(d => new PathValue(d.Digest, d.Field))),
            new Reader(
                "artifact.name",
                "names of every built artifact (its id when it has none) and in-toto subject",
                o => BuiltArtifacts.ShownNames(o).Select(n => new PathValue(n.Name, n.Field))),
            new Reader(
                "build.page",
                "the resource, when it is a web address that no resolver understands and the built artifacts are what counts",
                o => BuildPage(o, resolvers)),
            new Reader(
                "builder.versions",
                "the versions of the builder's parts in SLSA 1.0: the version of a single part, `part=version` of several",
                BuilderVersions),
            new Reader("source.branch", "branch of the main source", o => FieldValue(BuildSources.MainOf(o).Branch)),
            new Reader("source.revision", "commit of the main source", o => FieldValue(BuildSources.MainOf(o).Revision)),
            new Reader(
                "source.url",
                "repository of the main source: source context (git, Gerrit, cloud repository), SLSA 1.0 parameters and resolved dependencies, " +
                "SLSA 0.2 config source, materials; the first that is a git repository",
                o => FieldValue(BuildSources.MainOf(o).Url)),
        ];
        byName = All.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<Reader> All { get; }

    /// <exception cref="FormatException">When there is none of that name.</exception>
    public Reader Find(string name) =>
        byName.GetValueOrDefault(name)
        ?? throw new FormatException($"there is no reader '{name}'; there is {string.Join(", ", All.Select(r => r.Name))}");

    private static IEnumerable<PathValue> FieldValue(FieldValue? fact) => fact is null ? [] : [new PathValue(fact.Value, fact.Field)];

    private static IEnumerable<PathValue> BuildPage(Occurrence occurrence, ResolverChain resolvers)
    {
        var resource = occurrence.ResourceUri;
        var isPage = (resource.StartsWith("https://", StringComparison.Ordinal) || resource.StartsWith("http://", StringComparison.Ordinal))
            && ImageReference.DigestOf(resource) is null
            && resolvers.Resolve(resource) is null
            && BuiltArtifacts.Names(occurrence).Any();
        return isPage ? [new PathValue(resource, "resource_uri")] : [];
    }

    private static IEnumerable<PathValue> BuilderVersions(Occurrence occurrence)
    {
        const string Field = "build.in_toto_slsa_provenance_v1.predicate.run_details.builder.version";
        var versions = occurrence.Build?.InTotoSlsaProvenanceV1?.Predicate?.RunDetails?.Builder?.Version;
        if (versions is null)
            return [];
        return versions
            .Where(v => v.Value.Length > 0)
            .OrderBy(v => v.Key, StringComparer.Ordinal)
            .Select(v => new PathValue(versions.Count == 1 ? v.Value : $"{v.Key}={v.Value}", $"{Field}.{v.Key}"));
    }
}
