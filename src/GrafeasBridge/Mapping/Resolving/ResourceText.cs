using GrafeasBridge.Mapping.Provenance;

namespace GrafeasBridge.Mapping.Resolving;

/// <summary>Brings a resource into the form that resolvers match.</summary>
internal static class ResourceText
{
    public const string PackageUrlScheme = "pkg:";
    private const int ShownLength = 200;
    private static readonly string[] Schemes = ["https://", "http://", "docker://", "oci://"];

    /// <summary>
    /// Without the scheme of a web or image address, credentials, query, fragment and slashes at the end; the host in lower
    /// case. Package URLs and addresses of other schemes stay whole.
    /// </summary>
    public static string Normalise(string resource)
    {
        var text = resource.Trim();
        if (IsPackageUrl(text))
            return text;

        var scheme = Array.Find(Schemes, s => text.StartsWith(s, StringComparison.OrdinalIgnoreCase));
        if (scheme is not null)
            text = WithoutUser(WithoutQuery(text[scheme.Length..]));
        else if (text.Contains("://", StringComparison.Ordinal))
            return text;

        text = text.Trim('/');
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? text : Digests.Lower(text[..slash]) + text[slash..];
    }

    public static bool IsPackageUrl(string text) => text.StartsWith(PackageUrlScheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>For sentences: without credentials, and short.</summary>
    public static string Shown(string resource)
    {
        var text = UrlCredentials.Strip(resource);
        return text.Length <= ShownLength ? text : text[..ShownLength] + "…";
    }

    private static string WithoutQuery(string text)
    {
        var end = text.AsSpan().IndexOfAny('?', '#');
        return end < 0 ? text : text[..end];
    }

    private static string WithoutUser(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var at = slash < 0 ? -1 : text.LastIndexOf('@', slash);
        return at < 0 ? text : text[(at + 1)..];
    }
}
