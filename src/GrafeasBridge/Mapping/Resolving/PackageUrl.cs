namespace GrafeasBridge.Mapping.Resolving;

/// <summary>A package URL, <c>pkg:type/namespace/name@version?qualifier=value#subpath</c>, decoded.</summary>
/// <param name="Type">In lower case.</param>
/// <param name="Path">Namespace and name; the name is last.</param>
/// <param name="Qualifiers">Keys in lower case; the first of several equal keys counts.</param>
internal sealed record PackageUrl(string Type, IReadOnlyList<string> Path, string? Version, IReadOnlyDictionary<string, string> Qualifiers)
{
    private static readonly char[] Slash = ['/'];

    public string Name => Path[^1];

    /// <returns>Null when the text breaks the form.</returns>
    public static PackageUrl? Parse(string text)
    {
        if (!ResourceText.IsPackageUrl(text))
            return null;
        var rest = text[ResourceText.PackageUrlScheme.Length..].TrimStart('/');
        rest = Cut(rest, rest.LastIndexOf('#'), out _);
        rest = Cut(rest, rest.LastIndexOf('?'), out var query);
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
            return null;

        var type = Digests.Lower(rest[..slash]);
        rest = Cut(rest[(slash + 1)..].Trim('/'), rest[(slash + 1)..].Trim('/').LastIndexOf('@'), out var version);
        var path = rest.Split(Slash, StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToList();
        if (path.Count == 0)
            return null;
        return new PackageUrl(type, path, string.IsNullOrEmpty(version) ? null : Uri.UnescapeDataString(version), QualifiersOf(query));
    }

    /// <summary>The value of a qualifier; null when it is not there or empty.</summary>
    public string? Qualifier(string key) => Qualifiers.GetValueOrDefault(key);

    private static string Cut(string text, int at, out string? behind)
    {
        behind = at < 0 ? null : text[(at + 1)..];
        return at < 0 ? text : text[..at];
    }

    private static Dictionary<string, string> QualifiersOf(string? query)
    {
        var qualifiers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (query ?? string.Empty).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && equals < pair.Length - 1)
                qualifiers.TryAdd(Digests.Lower(pair[..equals]), Uri.UnescapeDataString(pair[(equals + 1)..]));
        }

        return qualifiers;
    }
}
