namespace GrafeasBridge.Mapping.Resolving;

/// <summary>
/// Images of Bintray's registries, whose host says subject and repository: <c>acme-docker-images.bintray.io/team/web:1.4.0</c>
/// is version 1.4.0 of package <c>team/web</c> in acme/images.
/// </summary>
internal sealed class BintrayDockerResolver(string name, ResolverOptions options) : IResolver
{
    private const string Separator = "-docker-";
    private const string DefaultTag = "latest";

    private readonly Dictionary<string, (string Subject, string Repo)> hosts =
        options.Hosts.Where(h => h.Value.Length > 0)
            .ToDictionary(h => h.Key, h => RepositoryPath.Split(h.Value)!.Value, StringComparer.OrdinalIgnoreCase);

    private readonly Template untagged = Template.Parse(options.Untagged, Template.DigestNames);

    public string Name => name;

    public ResolvedResource? Resolve(string text)
    {
        if (ResourceText.IsPackageUrl(text) || RepositoryOf(text) is not var (subject, repo))
            return null;
        if (ImageReference.Parse(text) is not { } image)
            return ResolvedResource.Refused(name, "it names no image");
        var package = image.Path;
        if (!image.Path.Contains('/', StringComparison.Ordinal))
            package = options.NamespacelessPrefix + package;
        return ResolvedResource.Of(
            name, new ResourceParts(subject, repo, package, image.Tag, image.Digest, DefaultTag, untagged.FillDigest(image.Digest)));
    }

    private (string Subject, string Repo)? RepositoryOf(string text)
    {
        var end = text.AsSpan().IndexOfAny('/', ':');
        var host = end < 0 ? text : text[..end];
        if (hosts.TryGetValue(host, out var known))
            return known;
        var suffix = options.Suffixes.FirstOrDefault(s => s.Length > 0 && host.EndsWith(s, StringComparison.OrdinalIgnoreCase));
        if (suffix is null)
            return null;
        // The first, because a repository may hold the separator in its name as well as a subject: see Hosts for those.
        var label = host[..^suffix.Length];
        var separator = label.IndexOf(Separator, StringComparison.Ordinal);
        if (separator <= 0 || separator + Separator.Length >= label.Length)
            return null;
        return (label[..separator], label[(separator + Separator.Length)..]);
    }
}
