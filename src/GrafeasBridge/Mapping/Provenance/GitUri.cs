using System.Text.RegularExpressions;
using GrafeasBridge.Mapping.Resolving;

namespace GrafeasBridge.Mapping.Provenance;

/// <summary>What one address of a git repository says.</summary>
/// <param name="Url">The repository alone.</param>
/// <param name="Revision">Whole commit id, or null.</param>
/// <param name="Branch">Name without <c>refs/heads/</c>, or null.</param>
internal sealed partial record GitUri(string Url, string? Revision, string? Branch)
{
    private const string GitPrefix = "git+";
    private const string Heads = "refs/heads/";
    private const int MaxLength = 2048;
    private const int Timeout = 10_000;
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <param name="commit">The commit that stands beside the address; it proves that the address is one of git.</param>
    /// <returns>Null when the text is not recognisably the address of a git repository.</returns>
    public static GitUri? Parse(string text, string? commit = null)
    {
        text = text.Trim();
        if (text.Length is 0 or > MaxLength || text.Any(char.IsWhiteSpace))
            return null;
        var isGit = text.StartsWith(GitPrefix, StringComparison.OrdinalIgnoreCase);
        if (isGit)
            text = text[GitPrefix.Length..];
        isGit |= GitAddress().IsMatch(text);
        if (!isGit && !WebAddress().IsMatch(text))
            return null;

        var (url, fragment) = Split(text, text.IndexOf('#', StringComparison.Ordinal));
        (url, var reference) = Split(url, ReferenceStart(url, isGit || commit is not null));
        if (CommitPage().Match(url) is { Success: true } page)
            return new GitUri(page.Groups["repository"].Value, commit ?? Digests.Lower(page.Groups["commit"].Value), BranchOf(reference));

        isGit |= (commit is not null && !Archive().IsMatch(url)) || reference is not null;
        if (!isGit && !url.EndsWith(".git", StringComparison.OrdinalIgnoreCase))
            return null;
        return new GitUri(url.TrimEnd('/'), commit ?? CommitIn(reference) ?? CommitIn(fragment), BranchOf(reference));
    }

    /// <returns>Null for anything but <c>refs/heads/…</c>.</returns>
    public static string? BranchOf(string? reference) =>
        reference is not null && reference.StartsWith(Heads, StringComparison.Ordinal) && reference.Length > Heads.Length
            ? reference[Heads.Length..]
            : null;

    /// <summary>True when both name one repository, however they are written.</summary>
    public static bool SameRepository(string one, string other) =>
        string.Equals(Bare(one), Bare(other), StringComparison.OrdinalIgnoreCase);

    private static string Bare(string url)
    {
        url = UrlCredentials.Strip(url).TrimEnd('/');
        return url.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? url[..^4] : url;
    }

    private static (string Text, string? Behind) Split(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

    // An @ before the path belongs to user information; behind it, it begins a reference.
    private static int ReferenceStart(string url, bool isGit)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 ? url.IndexOf(':', StringComparison.Ordinal) : url.IndexOf('/', scheme + 3);
        var at = path < 0 ? -1 : url.IndexOf('@', path);
        return at >= 0 && (isGit || url.AsSpan(at + 1).StartsWith("refs/", StringComparison.Ordinal)) ? at : -1;
    }

    private static string? CommitIn(string? reference)
    {
        var end = reference?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var commit = end < 0 ? reference : reference![..end];
        return commit is not null && Digests.IsWholeCommit(commit) ? Digests.Lower(commit) : null;
    }

    [GeneratedRegex(@"^(git://|ssh://|[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[A-Za-z0-9~][^@]*(/|\.git$))", Options, Timeout)]
    private static partial Regex GitAddress();

    // A SHA-1 beside one of these is that of the file.
    [GeneratedRegex(@"\.(tgz|tar|tar\.[a-z0-9]+|zip|jar|whl|deb|rpm|gem|nupkg)$", Options, Timeout)]
    private static partial Regex Archive();

    [GeneratedRegex("^https?://[^/]", Options, Timeout)]
    private static partial Regex WebAddress();

    [GeneratedRegex(
        @"^(?<repository>https?://[^/]+/[^?#]+?)(/-)?/commits?/(?<commit>[0-9a-f]{64}|[0-9a-f]{40})/?$",
        Options,
        Timeout)]
    private static partial Regex CommitPage();
}
