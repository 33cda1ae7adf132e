using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Checking;

/// <summary>What the checker takes, and what it cannot judge: exit code 2 with a sentence.</summary>
public sealed class InputTests
{
    private const string Sent =
        """{"at":"2026-11-23T12:00:00Z","kind":"sent","op":"create","attempt":1,"key":"p/1","occurrence":{"resourceUri":"acme-docker-images.bintray.io/team/web:1"}}""";

    [Fact]
    public async Task The_last_line_of_a_killed_writer_may_be_torn()
    {
        var run = await JournalAsync(Sent + "\n" + """{"at":"2026-11-23T12:00:01Z","kind":"to""");
        Assert.Equal((0, 1, 1), (run.Code, run.Count("journal.torn"), run.Count("keys.uncertain")));
    }

    [Theory]
    [InlineData("{\"at\":\"2026-11-23T12:00:01Z\",\"kind\":\"to\n", "one.jsonl:2 is no record of a journal")]
    [InlineData("""{"kind":"mark","text":"no time"}""" + "\n", "at")]
    [InlineData("""{"at":"2026-11-23T12:00:01Z","kind":"told","key":"p/2","name":"projects/p/occurrences/2"}""", "the key 'p/2' was never sent")]
    [InlineData("""{"at":"2026-11-23T12:00:01Z","kind":"told","key":"p/1"}""" + "\n", "has no 'name'")]
    [InlineData("""{"at":"2026-11-23T12:00:01Z","kind":"verified","subject":"acme","repo":"images","package":"p","occurrences":[]}""" + "\n", "has no 'subject, repo, package or version'")]
    [InlineData("""{"at":"2026-11-23T12:00:01Z","kind":"sent","op":"create","key":"p/1","occurrence":{"resourceUri":"another"}}""", "was used for something else")]
    public async Task A_journal_that_cannot_be_meant_is_bad_input(string line, string sentence)
    {
        var run = await JournalAsync(Sent + "\n" + line);
        Assert.Equal(2, run.Code);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"entries":[],"next":0,"last":9,"truncated":true}""", "the oldest entries of the history are gone")]
    [InlineData("""{"sequence":2,"time":"2026-11-23T12:00:01.000Z"}""", "no entry of a history")]
    [InlineData("""{"sequence":2,"time":"2026-11-23T12:00:01.000Z","subject":"s","repo":"r","package":"p","version":"1","verb":"PATCH","attributes":[]}""", "entry 2 comes after 0")]
    [InlineData("nonsense", "no entry of a history")]
    public async Task A_history_with_gaps_cannot_be_judged(string line, string sentence)
    {
        using var folder = new TemporaryFolder();
        var run = await CheckerRun.InsideAsync(
            ["--journal", Write(folder, "one.jsonl", Sent + "\n"), "--state", Write(folder, "state.json", """{"carried":[]}"""), "--history", Write(folder, "h.jsonl", line)]);
        Assert.Equal(2, run.Code);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "It needs a journal")]
    [InlineData("--journal", "'--journal' needs a value")]
    [InlineData("--journal a --state b --target http://c", "either --target or --state")]
    [InlineData("--journal a --target c", "--target is 'c'")]
    [InlineData("--journal a --state b --skew soon", "--skew is 'soon'")]
    [InlineData("--journal a --state b --max-values 0", "it is 1 to 10000")]
    [InlineData("--journal a --state b --mapping mine", "'--mapping mine' is not known")]
    [InlineData("--journal missing.jsonl --state missing.json", "'missing.jsonl' cannot be read")]
    [InlineData("--journal a --state b --keys missing.json", "'missing.json' cannot be read")]
    public async Task A_command_line_that_cannot_be_meant_is_told_why(string line, string sentence)
    {
        var run = await CheckerRun.InsideAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_history_and_keys_it_says_what_it_did_not_judge()
    {
        var run = await JournalAsync(Sent + "\n");
        Assert.Equal(0, run.Code);
        Assert.Contains("early and out-of-order, because no history was given", run.NotJudged, StringComparison.Ordinal);
        Assert.Contains("what the service lists, because no journal says it", run.NotJudged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seeds_and_marks_are_given_through_to_the_report()
    {
        var run = await JournalAsync("""{"at":"2026-11-23T12:00:00Z","kind":"mark","text":"seed=42"}""" + "\n");
        Assert.Equal("42", (string?)run.Report!["seeds"]![0]);
        Assert.Equal(1, run.Count("marks.seed"));
        Assert.Contains("seeds: 42", run.Output, StringComparison.Ordinal);
    }

    private static async Task<CheckerRun> JournalAsync(string journal)
    {
        using var folder = new TemporaryFolder();
        return await CheckerRun.InsideAsync(
            ["--journal", Write(folder, "one.jsonl", journal), "--state", Write(folder, "state.json", """{"carried":[]}""")], folder.File("report.json"));
    }

    private static string Write(TemporaryFolder folder, string name, string text)
    {
        File.WriteAllText(folder.File(name), text);
        return folder.File(name);
    }
}
