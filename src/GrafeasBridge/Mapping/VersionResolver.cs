using Grafeas.V1;
using GrafeasBridge.Mapping.Provenance;
using GrafeasBridge.Mapping.Resolving;

namespace GrafeasBridge.Mapping;

/// <summary>Finds the versions that an occurrence concerns: by its resource, and failing that by its built artifacts.</summary>
internal sealed class VersionResolver(ResolverChain resolvers, int maxArtifacts)
{
    public VersionResolution Resolve(Occurrence occurrence) => Resolve(occurrence.ResourceUri, Read(occurrence), recorded: []);

    /// <summary>See <see cref="IOccurrenceMapping.ResolveAlike"/>.</summary>
    public Func<Occurrence, VersionResolution> ResolveAlike()
    {
        OccurrenceContent? shared = null;
        var recorded = new HashSet<DigestTag>();
        return occurrence => Resolve(occurrence.ResourceUri, shared ??= Read(occurrence), recorded);
    }

    private VersionResolution Resolve(string resource, OccurrenceContent content, HashSet<DigestTag> recorded)
    {
        var digest = UnknownHostDigest(resource);
        var resolution = resolvers.Resolve(resource);
        var artifacts = ArtifactsOf(content, resolution?.Digest ?? digest, out var tooMany);
        var known = artifacts.Where(a => a.Resolution.Package is not null).ToList();

        var builder = new ResolutionBuilder();
        if (resolution?.Package is not null)
            builder.AddResource(resolution, known);
        else
            builder.AddArtifacts(known, resolution is null ? digest : null, tooMany);
        var tags = DigestTags(resolution is null ? known : known.Prepend(new Artifact(resolution, resolution.Digest)), recorded);
        var reason = builder.IsEmpty ? Reason(resource, resolution, artifacts, tooMany) : null;
        return new VersionResolution(builder.Named(), builder.ByDigest(), tags, content.Commits, resolution?.Resolver, reason);
    }

    private static string? UnknownHostDigest(string resource) =>
        !ResourceText.IsPackageUrl(resource) && ImageReference.DigestOf(resource) is { } digest && Digests.HasKnownAlgorithm(digest)
            ? digest
            : null;

    private OccurrenceContent Read(Occurrence occurrence) => new(
        [.. BuiltArtifacts.Names(occurrence).Select(name => (name.Digest, new Lazy<Artifact?>(() => ResolveArtifact(name), isThreadSafe: false)))],
        [.. BuildSources.Commits(occurrence).Distinct(StringComparer.Ordinal).Take(maxArtifacts).Order(StringComparer.Ordinal)]);

    private Artifact? ResolveArtifact(NamedArtifact name) =>
        resolvers.Resolve(name.Name) is { } resolution ? new Artifact(resolution, resolution.Digest ?? name.Digest) : null;

    // Those with the digest that is asked for come first, so that a bound on their number never hides them.
    private List<Artifact> ArtifactsOf(OccurrenceContent content, string? digest, out bool tooMany)
    {
        var named = content.Artifacts
            .OrderBy(a => digest is null || a.Digest == digest ? 0 : 1)
            .Take(maxArtifacts + 1)
            .ToList();
        tooMany = named.Count > maxArtifacts;
        return [.. named.Take(maxArtifacts).Select(a => a.Known.Value).OfType<Artifact>()];
    }

    /// <param name="recorded">Not returned again; receives what is returned.</param>
    private static IReadOnlyList<DigestTag> DigestTags(IEnumerable<Artifact> artifacts, HashSet<DigestTag> recorded) =>
    [
        .. artifacts
            .Where(a => a.Resolution.Version is not null && a.Digest is not null)
            .Select(a => new DigestTag(a.Resolution.Version!, a.Digest!))
            .Where(recorded.Add)
            .OrderBy(l => l.Version.ToString(), StringComparer.Ordinal)
            .ThenBy(l => l.Digest, StringComparer.Ordinal),
    ];

    private string Reason(string resource, ResolvedResource? resolution, List<Artifact> artifacts, bool tooMany)
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

    private static string Why(string resource, ResolvedResource? resolution)
    {
        if (resource.Length > ResolverChain.MaxLength)
            return $"it is {resource.Length} characters long and at most {ResolverChain.MaxLength} are looked at";
        return resolution?.Refusal is { } refusal
            ? $"resolver {resolution.Resolver} understands it, but {refusal}"
            : "no resolver of Mapping:Resolvers understands it";
    }

    /// <summary>What is read from an occurrence besides its resource.</summary>
    /// <param name="Artifacts">One for every name: the digest beside it, and how a resolver understands it, worked out on first use.</param>
    private sealed record OccurrenceContent(IReadOnlyList<(string? Digest, Lazy<Artifact?> Known)> Artifacts, IReadOnlyList<string> Commits);

    /// <summary>An artifact that a resolver knows.</summary>
    /// <param name="Digest">Of the name itself, or else of the artifact that bears it.</param>
    private sealed record Artifact(ResolvedResource Resolution, string? Digest);

    private sealed class ResolutionBuilder
    {
        private readonly HashSet<VersionCoordinates> named = [];
        private readonly HashSet<DigestReference> byDigest = [];

        public bool IsEmpty => named.Count == 0 && byDigest.Count == 0;

        /// <summary>The resource decides; artifacts of the same package and digest add the tags that it left out.</summary>
        public void AddResource(ResolvedResource resource, List<Artifact> known)
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
