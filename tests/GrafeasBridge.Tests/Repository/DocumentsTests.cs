using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Repository;

public sealed class DocumentsTests
{
    /// <summary>Set to 1, generated pages are written instead of compared.</summary>
    private const string WriteVariable = "GRAFEASBRIDGE_WRITE_PAGES";

    [Fact]
    public void The_page_of_settings_says_what_the_options_classes_say() =>
        Same(RepositoryRoot.File("src", "GrafeasBridge", "SETTINGS.md"), SettingsPage.Render());

    [Fact]
    public void Every_setting_has_a_sentence_of_its_own()
    {
        string[] silent = [.. SettingsPage.Render().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.EndsWith("|  |", StringComparison.Ordinal))];
        Assert.Empty(silent);
    }

    [Fact]
    public void Every_link_inside_the_repository_leads_somewhere()
    {
        string[] pages = [.. Directory.EnumerateFiles(RepositoryRoot.Path, "*.md", SearchOption.AllDirectories)
            .Where(page => !page.Contains("node_modules", StringComparison.Ordinal) && !page.Contains("/bin/", StringComparison.Ordinal))];
        Assert.Contains(RepositoryRoot.File("README.md"), pages);
        Assert.Empty(pages.SelectMany(DeadLinks));
    }

    private static IEnumerable<string> DeadLinks(string page)
    {
        foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(
            File.ReadAllText(page), @"\]\((?<to>[^)#\s]+)(?:#[^)]*)?\)", System.Text.RegularExpressions.RegexOptions.NonBacktracking))
        {
            string to = link.Groups["to"].Value;
            if (to.Contains("://", StringComparison.Ordinal))
                continue;
            string file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, to));
            if (!Path.Exists(file))
                yield return $"{Path.GetRelativePath(RepositoryRoot.Path, page)} -> {to}";
        }
    }

    private static void Same(string file, string rendered)
    {
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
            File.WriteAllText(file, rendered);
        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == rendered,
            $"{Path.GetRelativePath(RepositoryRoot.Path, file)} is out of date: run the tests once with {WriteVariable}=1 and commit it.");
    }
}
