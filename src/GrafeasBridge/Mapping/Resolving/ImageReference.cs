namespace GrafeasBridge.Mapping.Resolving;

/// <summary>An image as registries name it: host, path, and a tag or a digest or both.</summary>
/// <param name="Host">In lower case, without a port.</param>
/// <param name="Path">Namespace and name, with slashes.</param>
internal sealed record ImageReference(string Host, string Path, string? Tag, string? Digest)
{
    private const string Manifests = "/manifests/";

    /// <returns>Null when the text has no host.</returns>
    public static ImageReference? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
            return null;
        var host = text[..slash];
        var port = host.IndexOf(':', StringComparison.Ordinal);
        var rest = FromRegistryAddress(text[(slash + 1)..]);
        var digest = DigestOf(rest);
        if (digest is not null)
            rest = rest[..rest.LastIndexOf('@')];
        var colon = rest.LastIndexOf(':');
        var tagged = colon > rest.LastIndexOf('/');
        return new ImageReference(
            port < 0 ? host : host[..port], tagged ? rest[..colon] : rest, tagged ? rest[(colon + 1)..] : null, digest);
    }

    /// <summary>The digest behind the last @ of any reference; null when there is none.</summary>
    public static string? DigestOf(string text)
    {
        var at = text.LastIndexOf('@');
        return at < 0 ? null : Digests.Parse(text[(at + 1)..]);
    }

    // v2/team/web/manifests/1.4.0, as a registry's API and its notifications say it.
    private static string FromRegistryAddress(string path)
    {
        var manifests = path.LastIndexOf(Manifests, StringComparison.Ordinal);
        if (manifests <= 3 || !path.StartsWith("v2/", StringComparison.Ordinal))
            return path;
        var reference = path[(manifests + Manifests.Length)..];
        return path[3..manifests] + (Digests.Parse(reference) is null ? ':' : '@') + reference;
    }
}
