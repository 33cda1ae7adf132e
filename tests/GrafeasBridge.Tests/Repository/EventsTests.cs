using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Repository;

/// <summary>Log events that operators can look up.</summary>
public sealed partial class EventsTests
{
    [Fact]
    public void The_page_of_events_says_what_the_code_logs() =>
        RepositoryFiles.AssertHolds(RepositoryFiles.PathOf("src", "GrafeasBridge", "Telemetry", "EVENTS.md"), EventsPage.Render());

    [Fact]
    public void Every_event_has_an_id_and_a_name_that_no_other_has()
    {
        Assert.True(EventsPage.All.Count > 60, $"only {EventsPage.All.Count} events were found");
        Assert.Empty(EventsPage.All.Where(e => e.Id < 1000 || string.IsNullOrEmpty(e.Name) || e.Message.Length == 0).Select(e => e.Method));
        Assert.Empty(EventsPage.All.GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => string.Join(" and ", g.Select(e => e.Method))));
        Assert.Empty(EventsPage.All.GroupBy(e => e.Name).Where(g => g.Count() > 1).Select(g => string.Join(" and ", g.Select(e => e.Method))));
    }

    [Fact]
    public void Nothing_is_logged_but_by_an_event()
    {
        var sources = new[] { "GrafeasBridge", "BintrayEmulator" }
            .SelectMany(project => Directory.EnumerateFiles(RepositoryFiles.PathOf("src", project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
        Assert.DoesNotContain(sources, file => Unnamed().IsMatch(File.ReadAllText(file)));
    }

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Unnamed();
}
