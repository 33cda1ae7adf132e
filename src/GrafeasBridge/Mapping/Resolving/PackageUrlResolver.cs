using System.Text.RegularExpressions;

namespace GrafeasBridge.Mapping.Resolving;

/// <summary>
/// Package URLs. Images (<c>pkg:docker</c>, <c>pkg:oci</c>) with a repository_url are understood as the image that they name,
/// by <paramref name="others"/>; packages of other types take subject and repository from their repository_url, or from the
/// configuration by type.
/// </summary>
internal sealed class PackageUrlResolver(string name, ResolverOptions options, IReadOnlyList<IResolver> others) : IResolver
{
    private const string DefaultTag = "latest";

    private readonly Regex repository = Patterns.Compile(options.Pattern);

    private readonly Dictionary<string, (string Subject, string Repo)> defaults = options.Defaults
        .Where(d => d.Value.Length > 0)
        .ToDictionary(d => d.Key, d => RepositoryPath.Split(d.Value)!.Value, StringComparer.OrdinalIgnoreCase);

    private readonly Template untagged = Template.Parse(options.Untagged, Template.DigestNames);

    public string Name => name;

    public ResolvedResource? Resolve(string text)
    {
        if (!ResourceText.IsPackageUrl(text))
            return null;
        if (PackageUrl.Parse(text) is not { } url)
            return ResolvedResource.Refused(name, "it is not of the form pkg:type/namespace/name@version");
        var isImage = url.Type is "docker" or "oci";
        var parts = isImage ? Image(url) : Package(url);
        if (isImage && url.Qualifier("repository_url") is { Length: > 0 } address)
        {
            var image = ResourceText.Normalise(ImageText(url, address, parts));
            var understood = others.Select(o => o.Resolve(image)).FirstOrDefault(r => r is not null);
            if (understood is not null)
                return understood with { Resolver = name };
        }

        if (RepositoryOf(url) is var (subject, repo))
            return ResolvedResource.Of(name, parts with { Subject = subject, Repo = repo });
        var missing = url.Qualifier("repository_url") is { Length: > 0 } unknown
            ? $"its repository_url '{ResourceText.Shown(unknown)}' is of no known repository"
            : $"it has no repository_url and no repository is configured for type {url.Type}";
        return ResolvedResource.Refused(name, missing);
    }

    private (string Subject, string Repo)? RepositoryOf(PackageUrl url)
    {
        if (url.Qualifier("repository_url") is { Length: > 0 } address)
        {
            var match = repository.Match(ResourceText.Normalise(address));
            return match.Success
                ? (Uri.UnescapeDataString(match.Groups["subject"].Value), Uri.UnescapeDataString(match.Groups["repo"].Value))
                : null;
        }

        return defaults.TryGetValue(url.Type, out var known) ? known : null;
    }

    private ResourceParts Image(PackageUrl url)
    {
        var digest = url.Version is null ? null : Digests.Parse(url.Version);
        var tag = digest is null ? url.Version : url.Qualifier("tag");
        return new ResourceParts(
            string.Empty,
            string.Empty,
            string.Join('/', url.Path),
            tag,
            digest ?? ChecksumOf(url),
            DefaultTag,
            untagged.FillDigest(digest));
    }

    private static ResourceParts Package(PackageUrl url) =>
        new(string.Empty, string.Empty, string.Join('/', url.Path), url.Version, ChecksumOf(url));

    private static string? ChecksumOf(PackageUrl url) => Digests.Best((url.Qualifier("checksum") ?? string.Empty)
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(Digests.Parse)
        .OfType<string>()
        .Select(digest => KeyValuePair.Create(Template.DigestPart("algorithm", digest), Template.DigestPart("hex", digest))));

    // For pkg:oci the address ends in the image's name by definition, for pkg:docker it is the registry alone.
    private static string ImageText(PackageUrl url, string address, ResourceParts parts)
    {
        var path = string.Join('/', url.Path);
        var text = address.TrimEnd('/');
        if (!text.EndsWith("/" + path, StringComparison.Ordinal))
            text += "/" + path;
        if (parts.Version is not null)
            text += ":" + parts.Version;
        return parts.Digest is null ? text : text + "@" + parts.Digest;
    }
}
