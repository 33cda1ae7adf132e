using GrafeasBridge.Mapping.Resolving;

namespace GrafeasBridge.Ingest;

/// <summary>The resource of an artifact that a dialect tells by name and digest.</summary>
internal static class ArtifactResource
{
    private const string Checksum = "checksum=";

    /// <summary>
    /// <c>NAME@algorithm:hex</c>. A name that ends in a digest stays as it is; so does a package URL, in which <c>@</c> begins
    /// the version: it takes the digest as its version (images without one) or as the qualifier checksum.
    /// </summary>
    public static string Of(string name, string digest) =>
        ResourceText.IsPackageUrl(name) ? PackageUrlOf(name, digest)
        : DigestIn(name) is null ? $"{name}@{digest}"
        : name;

    /// <summary>Like <see cref="Of"/>, without the tag of an image: then every tag that is told with the digest is meant.</summary>
    public static string OfUntagged(string name, string digest) =>
        ResourceText.IsPackageUrl(name) || DigestIn(name) is not null ? Of(name, digest) : Of(WithoutTag(name), digest);

    /// <summary>The digest that a name ends in; null when there is none.</summary>
    public static string? DigestIn(string name) =>
        ImageReference.DigestOf(name) is { } digest && Digests.HasKnownAlgorithm(digest) ? digest : null;

    // A tag is what follows the only colon of the last part, as in host/team/web:1.4.0.
    private static string WithoutTag(string name)
    {
        var slash = name.LastIndexOf('/');
        var colon = name.LastIndexOf(':');
        var isTag = slash > 0 && colon > slash + 1 && colon < name.Length - 1 && name.IndexOf(':', slash) == colon;
        return isTag ? name[..colon] : name;
    }

    private static string PackageUrlOf(string url, string digest)
    {
        var fragment = url.IndexOf('#', StringComparison.Ordinal);
        (var text, var behind) = fragment < 0 ? (url, string.Empty) : (url[..fragment], url[fragment..]);
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? text : text[..query];
        if (IsImage(path) && !path.Contains('@', StringComparison.Ordinal))
            return $"{path}@{digest}{text[path.Length..]}{behind}";
        if (path.Contains("@sha", StringComparison.Ordinal) || text.Contains(Checksum, StringComparison.Ordinal))
            return url;
        return $"{text}{(query < 0 ? '?' : '&')}{Checksum}{digest}{behind}";
    }

    private static bool IsImage(string path) =>
        path.StartsWith("pkg:oci/", StringComparison.OrdinalIgnoreCase) || path.StartsWith("pkg:docker/", StringComparison.OrdinalIgnoreCase);
}
