using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Repository;

public sealed class DocumentsTests
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

    private static IEnumerable<string> DeadLinks(string page)
    {
        foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(
            File.ReadAllText(page), @"\]\((?<to>[^)#\s]+)(?:#[^)]*)?\)", System.Text.RegularExpressions.RegexOptions.NonBacktracking))
        {
            var to = link.Groups["to"].Value;
            if (to.Contains("://", StringComparison.Ordinal))
                continue;
            var file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, to));
            if (!Path.Exists(file))
                yield return $"{Path.GetRelativePath(RepositoryFiles.Root, page)} -> {to}";
        }
    }
}
