using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Documentation;

/// <summary>The page that shows the document, in a real browser.</summary>
public sealed partial class PageTests(DocumentedBridge documented) : IClassFixture<DocumentedBridge>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    [Needs(Need.Browser)]
    public async Task A_browser_shows_every_operation_under_the_strict_policy()
    {
        NeedsAttribute.Check(Need.Browser);
        Assert.True(Browser() is not null, "Chromium is missing. Run `bash tests/run.sh`, which installs it (Debian: apt-get install chromium).");
        (var page, var log) = await RenderAsync(new Uri(documented.Host.Rest.BaseAddress!, "/docs/index.html"));
        Assert.DoesNotContain("Content Security Policy", log, StringComparison.Ordinal);
        string[] shown = [.. Operations().Matches(page).Select(match => match.Groups["id"].Value).Distinct()];
        Assert.Contains("grafeas.v1.Grafeas.CreateOccurrence", shown);
        Assert.Contains("grafeasbridge.v1.Bridge.Redeliver", shown);
        Assert.True(shown.Length >= 24, $"only {string.Join(", ", shown)} are shown");
        Assert.Contains("Takes notes and occurrences in", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_on_the_page_comes_from_another_host()
    {
        var rest = documented.Host.Rest;
        using var index = await rest.GetAsync("/docs/index.html", Cancelled);
        var policy = string.Join(' ', index.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe", policy, StringComparison.Ordinal);
        var page = await index.Content.ReadAsStringAsync(Cancelled);
        string[] links = [.. Links().Matches(page).Select(match => match.Groups["to"].Value)];
        Assert.True(links.Length >= 4, page);
        Assert.All(links, link => Assert.DoesNotContain("//", link, StringComparison.Ordinal));
        foreach (var link in links)
            Assert.True((await rest.GetAsync(new Uri(index.RequestMessage!.RequestUri!, link), Cancelled)).IsSuccessStatusCode, link);
        var start = await rest.GetStringAsync("/docs/index.js", Cancelled);
        Assert.Contains("/openapi.json", start, StringComparison.Ordinal);
        Assert.DoesNotContain("validator.swagger.io", start, StringComparison.Ordinal);
    }

    private static string? Browser() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    // Virtual time runs until the page has nothing left to do, and never longer than the budget.
    private static async Task<(string Page, string Log)> RenderAsync(Uri address)
    {
        using var profile = new Support.TemporaryFolder();
        (_, var page, var log) = await Support.ProgramRun.RunAsync(Browser()!, [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--enable-logging=stderr", "--v=0", $"--user-data-dir={profile.Path}", "--virtual-time-budget=20000", "--dump-dom", address.AbsoluteUri]);
        return (page, log);
    }

    [GeneratedRegex("""class="opblock-summary-operation-id"[^>]*>(?<id>[^<]+)<""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Operations();

    [GeneratedRegex("""(src|href)="(?<to>[^"#]+)["]""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Links();
}
