using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Repository;

public sealed partial class NamesTests
{
    [Fact]
    public void The_id_of_a_log_event_stands_for_one_event()
    {
        var events = Sources()
            .SelectMany(file => Events().Matches(File.ReadAllText(file)).Select(m => (Id: m.Groups["id"].Value, Where: file)))
            .ToList();
        Assert.True(events.Count > 20, "the pattern no longer finds the events");
        Assert.Empty(events.GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(e => e.Where))}"));
    }

    [Fact]
    public void Every_instrument_stands_on_the_telemetry_page_and_the_page_names_no_other()
    {
        var page = File.ReadAllText(RepositoryFiles.PathOf("src", "GrafeasBridge", "Telemetry", "README.md"));
        string[] made = [.. Sources().SelectMany(f => Instruments().Matches(File.ReadAllText(f)).Select(m => m.Groups["name"].Value)).Distinct().Order()];
        string[] told = [.. page.Split('\n').SelectMany(line => Told().Matches(line).Select(m => m.Groups["name"].Value)).Distinct().Order()];
        Assert.NotEmpty(made);
        Assert.Equal(made, told);
    }

    [Fact]
    public void No_source_file_is_longer_than_300_lines()
    {
        string[] roots = [RepositoryFiles.PathOf("src"), RepositoryFiles.PathOf("tests")];
        var tooLong = roots
            .SelectMany(root => Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Select(file => (file, lines: File.ReadLines(file).Count()))
            .Where(f => f.lines > 300)
            .ToList();
        Assert.True(tooLong.Count == 0, string.Join('\n', tooLong));
    }

    private static IEnumerable<string> Sources() => Directory
        .EnumerateFiles(RepositoryFiles.PathOf("src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex(@"LoggerMessage\(\s*(EventId = )?(?<id>\d{4})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Events();

    [GeneratedRegex(@"""(?<name>grafeasbridge\.(ingest|store|delivery|query|health|retention)\.[a-z_.]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Instruments();

    [GeneratedRegex(@"^\| `(?<name>grafeasbridge\.[a-z_.]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Told();
}
