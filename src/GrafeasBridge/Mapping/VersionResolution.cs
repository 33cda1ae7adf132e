namespace GrafeasBridge.Mapping;

/// <summary>
/// Which versions one occurrence concerns, as far as the occurrence itself says. A pure result: what digests mean is
/// looked up by the store, in the transaction that stores the occurrence.
/// </summary>
/// <param name="Named">Versions that the occurrence names outright, by tag or path.</param>
/// <param name="ByDigest">Artifacts that it names by digest only; every version known for that digest is meant.</param>
/// <param name="DigestTags">Which version a digest belongs to, as this occurrence says; the store keeps it for other occurrences.</param>
/// <param name="Commits">Whole commit ids that the build was made from, for questions by commit.</param>
/// <param name="Resolver">Name of the resolver that understood the resource; null when none did.</param>
/// <param name="Reason">A sentence on why nothing is named; null when <see cref="Named"/> or <see cref="ByDigest"/> holds something.</param>
internal sealed record VersionResolution(
    IReadOnlyList<VersionCoordinates> Named,
    IReadOnlyList<DigestReference> ByDigest,
    IReadOnlyList<DigestTag> DigestTags,
    IReadOnlyList<string> Commits,
    string? Resolver,
    string? Reason);

/// <summary>An artifact named by its digest.</summary>
/// <param name="Package">Versions of this package only; null when the host is unknown, and then any version with the digest is meant.</param>
/// <param name="Digest">algorithm:hex, lower case.</param>
/// <param name="Untagged">The version to use while no tag is known for the digest; null to leave the occurrence unmapped until then.</param>
internal sealed record DigestReference(PackageCoordinates? Package, string Digest, VersionCoordinates? Untagged);

/// <summary>A version (tag) that points, or pointed, to this digest.</summary>
internal sealed record DigestTag(VersionCoordinates Version, string Digest);
