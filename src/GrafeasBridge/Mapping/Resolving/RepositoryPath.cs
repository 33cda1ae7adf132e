namespace GrafeasBridge.Mapping.Resolving;

/// <summary>How settings name a repository: <c>subject/repo</c>.</summary>
internal static class RepositoryPath
{
    /// <returns>The two halves; null when the text is not of that form.</returns>
    public static (string Subject, string Repo)? Split(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < text.Length - 1 ? (text[..slash], text[(slash + 1)..]) : null;
    }
}
