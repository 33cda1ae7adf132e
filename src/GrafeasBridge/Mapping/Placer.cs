using Grafeas.V1;
using GrafeasBridge.Mapping.Reading;
using GrafeasBridge.Mapping.Resolving;

namespace GrafeasBridge.Mapping;

/// <summary>Finds the versions that an occurrence concerns: by its resource, and failing that by its built artifacts.</summary>
internal sealed class Placer(ResolverChain resolvers, int maxArtifacts)
{
    public Placement Place(Occurrence occurrence) => Place(occurrence.ResourceUri, Read(occurrence), seen: []);

    /// <summary>See <see cref="IOccurrenceMapping.PlaceAlike"/>.</summary>
    public Func<Occurrence, Placement> PlaceAlike()
    {
        Said? shared = null;
        var seen = new HashSet<DigestTag>();
        return occurrence => Place(occurrence.ResourceUri, shared ??= Read(occurrence), seen);
    }

    private Placement Place(string resource, Said said, HashSet<DigestTag> seen)
    {
        var digest = UnknownHostDigest(resource);
        var resolution = resolvers.Resolve(resource);
        var artifacts = ArtifactsOf(said, resolution?.Digest ?? digest, out var tooMany);
        var known = artifacts.Where(a => a.Resolution.Package is not null).ToList();

        var draft = new Draft();
        if (resolution?.Package is not null)
            draft.AddResource(resolution, known);
        else
            draft.AddArtifacts(known, resolution is null ? digest : null, tooMany);
        var tags = DigestTags(resolution is null ? known : known.Prepend(new Artifact(resolution, resolution.Digest)), seen);
        var reason = draft.IsEmpty ? Reason(resource, resolution, artifacts, tooMany) : null;
        return new Placement(draft.Named(), draft.ByDigest(), tags, said.Commits, resolution?.Resolver, reason);
    }

    private static string? UnknownHostDigest(string resource) =>
        !ResourceText.IsPackageUrl(resource) && ImageReference.DigestOf(resource) is { } digest && Digests.HasKnownAlgorithm(digest)
            ? digest
            : null;

    private Said Read(Occurrence occurrence) => new(
        [.. BuiltArtifacts.Names(occurrence).Select(name => (name.Digest, new Lazy<Artifact?>(() => Resolve(name), isThreadSafe: false)))],
        [.. SourceFacts.Commits(occurrence).Distinct(StringComparer.Ordinal).Take(maxArtifacts).Order(StringComparer.Ordinal)]);

    private Artifact? Resolve(NamedArtifact name) =>
        resolvers.Resolve(name.Name) is { } resolution ? new Artifact(resolution, resolution.Digest ?? name.Digest) : null;

    // Those with the digest that is asked for come first, so that a bound on their number never hides them.
    private List<Artifact> ArtifactsOf(Said said, string? digest, out bool tooMany)
    {
        var named = said.Artifacts
            .OrderBy(a => digest is null || a.Digest == digest ? 0 : 1)
            .Take(maxArtifacts + 1)
            .ToList();
        tooMany = named.Count > maxArtifacts;
        return [.. named.Take(maxArtifacts).Select(a => a.Known.Value).OfType<Artifact>()];
    }

    /// <param name="seen">Not said again; takes what is said.</param>
    private static IReadOnlyList<DigestTag> DigestTags(IEnumerable<Artifact> artifacts, HashSet<DigestTag> seen) =>
    [
        .. artifacts
            .Where(a => a.Resolution.Version is not null && a.Digest is not null)
            .Select(a => new DigestTag(a.Resolution.Version!, a.Digest!))
            .Where(seen.Add)
            .OrderBy(l => l.Version.ToString(), StringComparer.Ordinal)
            .ThenBy(l => l.Digest, StringComparer.Ordinal),
    ];

    private string Reason(string resource, Resolution? resolution, List<Artifact> artifacts, bool tooMany)
    {
        var text = resource.Length == 0
            ? "The occurrence names no resource"
            : $"The resource '{ResourceText.Shown(resource)}' names no version: {Why(resource, resolution)}";
        if (tooMany)
            return $"{text}; and it speaks of more than {maxArtifacts} artifacts (Mapping:MaxArtifacts), too many to go by them.";
        if (artifacts.Find(a => a.Resolution.Refusal is not null)?.Resolution is { } refused)
            return $"{text}; and of the first artifact that resolver {refused.Resolver} understands, {refused.Refusal}.";
        return $"{text}; no built artifact names one either.";
    }

    private static string Why(string resource, Resolution? resolution)
    {
        if (resource.Length > ResolverChain.MaxLength)
            return $"it is {resource.Length} characters long and at most {ResolverChain.MaxLength} are looked at";
        return resolution?.Refusal is { } refusal
            ? $"resolver {resolution.Resolver} understands it, but {refusal}"
            : "no resolver of Mapping:Resolvers understands it";
    }

    /// <summary>What an occurrence says beside its resource.</summary>
    /// <param name="Artifacts">By every name: the digest that stands there, and what a resolver knows, asked when it is wanted.</param>
    private sealed record Said(IReadOnlyList<(string? Digest, Lazy<Artifact?> Known)> Artifacts, IReadOnlyList<string> Commits);

    /// <summary>An artifact that a resolver knows.</summary>
    /// <param name="Digest">Of the name itself, or else of the artifact that bears it.</param>
    private sealed record Artifact(Resolution Resolution, string? Digest);

    private sealed class Draft
    {
        private readonly HashSet<VersionCoordinates> named = [];
        private readonly HashSet<DigestReference> byDigest = [];

        public bool IsEmpty => named.Count == 0 && byDigest.Count == 0;

        /// <summary>The resource decides; artifacts of the same package and digest add the tags that it left out.</summary>
        public void AddResource(Resolution resource, List<Artifact> known)
        {
            if ((resource.Version ?? resource.Implied) is { } version)
            {
                named.Add(version);
                return;
            }

            byDigest.Add(new DigestReference(resource.Package, resource.Digest!, resource.Untagged));
            named.UnionWith(known
                .Where(a => a.Digest == resource.Digest && a.Resolution.Package == resource.Package)
                .Select(a => a.Resolution.Version)
                .OfType<VersionCoordinates>());
        }

        /// <param name="digest">Of a resource at an unknown host: only artifacts with this digest are meant, wherever they are.</param>
        public void AddArtifacts(List<Artifact> known, string? digest, bool tooMany)
        {
            if (digest is not null)
                byDigest.Add(new DigestReference(Package: null, digest, Untagged: null));
            else if (tooMany)
                return;
            foreach (var artifact in known.Where(a => digest is null || a.Digest == digest))
            {
                if (artifact.Resolution.Version is { } version)
                    named.Add(version);
                else if (artifact.Digest is not null)
                    byDigest.Add(new DigestReference(artifact.Resolution.Package, artifact.Digest, artifact.Resolution.Untagged));
                else if (artifact.Resolution.Implied is { } implied)
                    named.Add(implied);
            }
        }

        public IReadOnlyList<VersionCoordinates> Named() => [.. named.OrderBy(v => v.ToString(), StringComparer.Ordinal)];

        public IReadOnlyList<DigestReference> ByDigest() =>
        [
            .. byDigest
                .OrderBy(d => d.Package?.ToString() ?? string.Empty, StringComparer.Ordinal)
                .ThenBy(d => d.Digest, StringComparer.Ordinal),
        ];
    }
}
