using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Repository;

public sealed partial class DocumentsTests
{
    [Fact]
    public void The_page_of_settings_says_what_the_options_classes_say() =>
        RepositoryFiles.AssertHolds(RepositoryFiles.PathOf("src", "GrafeasBridge", "SETTINGS.md"), SettingsPage.Render());

    [Fact]
    public void Every_setting_has_a_sentence_of_its_own()
    {
        string[] silent = [.. SettingsPage.Render().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.EndsWith("|  |", StringComparison.Ordinal))];
        Assert.Empty(silent);
    }

    [Fact]
    public void Every_link_inside_the_repository_leads_somewhere()
    {
        string[] pages = [.. Directory.EnumerateFiles(RepositoryFiles.Root, "*.md", SearchOption.AllDirectories)
            .Where(page => !page.Contains("node_modules", StringComparison.Ordinal) && !page.Contains("/bin/", StringComparison.Ordinal))];
        Assert.Contains(RepositoryFiles.PathOf("README.md"), pages);
        Assert.Empty(pages.SelectMany(DeadLinks));
    }

    [Theory]
    [InlineData("## One try", "one-try")]
    [InlineData("## What is looked up (SQLite)", "what-is-looked-up-sqlite")]
    [InlineData("### Signed statements: `x_y`", "signed-statements-x_y")]
    public void A_heading_is_linked_by_its_words(string heading, string anchor) => Assert.Equal([anchor], Anchors([heading]));

    private static IEnumerable<string> DeadLinks(string page)
    {
        foreach (Match link in Links().Matches(File.ReadAllText(page)))
        {
            (var to, var anchor) = (link.Groups["to"].Value, link.Groups["anchor"].Value);
            if (to.Contains("://", StringComparison.Ordinal))
                continue;
            var file = to.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, to));
            if (!Path.Exists(file) || (anchor.Length > 0 && !Anchors(File.ReadLines(file)).Contains(anchor)))
                yield return $"{Path.GetRelativePath(RepositoryFiles.Root, page)} -> {link.Value}";
        }
    }

    // As GitHub makes them of headings: lower case, hyphens for blanks, nothing else but letters, digits and underscores.
    private static IEnumerable<string> Anchors(IEnumerable<string> lines) => lines
        .Where(line => line.StartsWith('#'))
        .Select(line => new string([.. line.TrimStart('#').Trim().Replace(' ', '-').Where(c => char.IsLetterOrDigit(c) || c is '-' or '_').Select(char.ToLowerInvariant)]));

    [GeneratedRegex(@"\]\((?<to>[^)#\s]*)(?:#(?<anchor>[^)]*))?\)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Links();
}
