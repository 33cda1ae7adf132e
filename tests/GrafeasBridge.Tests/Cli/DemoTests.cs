using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Cli;

/// <summary>The newcomer's first command, with the real service and the real emulator.</summary>
[RunIn(LongerRun.Default)]
public sealed partial class DemoTests
{
    private static readonly string[] Patient = ["--timeout", "5m"];

    [Fact]
    public async Task The_demo_prints_what_the_emulator_tells_and_leaves_nothing_behind()
    {
        var ending = await new Gbridge().RunAsync(["demo", .. Patient]);

        Assert.True(ending.Code == 0, ending.Output + ending.Errors);
        Assert.Contains("As the Bintray emulator's REST API answers: gosst-scare-sandbox/quickstart-docker-repo/quickstart-image/v14", ending.Output);
        Assert.Contains("As the Bintray emulator's REST API answers: test/java/java/sha256-b2e500bebfe16cf12fc56316ba72c645e1d29054541dc1ab6c286197434170a9", ending.Output);
        Assert.Contains("b6e052a7-5aa4-41bf-a56b-9bc4e4f3058b", ending.Output);
        Assert.Contains("https://github.com/test/tekton-test.git", ending.Output);
        await LeftNothingAsync(ending.Output);
    }

    [Fact]
    public async Task Scripts_get_the_demo_as_json_lines()
    {
        // Settings of a service of the user's own do not reach the demo.
        var ending = await new Gbridge(new Uri("http://bridge.invalid:1")).With("Store__Provider", "Nonsense").RunAsync(["demo", "--json", .. Patient]);

        Assert.True(ending.Code == 0, ending.Output + ending.Errors);
        Assert.Equal(2, ending.Lines.Length);
        using var line = JsonDocument.Parse(ending.Lines[0]);
        var revision = line.RootElement.GetProperty("attributes").EnumerateArray().Single(a => a.GetProperty("name").GetString() == "vcs.revision");
        Assert.Equal("""["fbbb98765e85ad464302dc5977968104d36e455e"]""", revision.GetProperty("values").GetRawText());
    }

    [Fact]
    public async Task A_demo_that_is_kept_ends_with_its_terminal_and_leaves_nothing_behind()
    {
        var ending = await new Gbridge().SignalAsync("TERM", "keeps running until Ctrl-C", ["demo", "--keep", .. Patient]);

        Assert.True(ending.Code == 143, ending.Output + ending.Errors);
        await LeftNothingAsync(ending.Output);
    }

    [Fact]
    public async Task A_service_that_does_not_start_is_told_with_its_last_lines()
    {
        // The command line is no service: it refuses the settings that it is given.
        var ending = await new Gbridge().RunAsync(["demo", "--service", Gbridge.Assembly, .. Patient]);

        Assert.Equal(4, ending.Code);
        Assert.Contains("The service ended with 2 instead of starting", ending.Errors);
        Assert.Contains("  | ", ending.Errors);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_told_with_the_remedy()
    {
        var ending = await new Gbridge().RunAsync("demo", "--service", "/nowhere");

        Assert.Equal(2, ending.Code);
        Assert.Contains("is not GrafeasBridge.dll nor a folder that holds it", ending.Errors);
    }

    private static async Task LeftNothingAsync(string output)
    {
        var folder = FolderPattern().Match(output).Groups["folder"].Value;
        Assert.NotEmpty(folder);
        Assert.False(Directory.Exists(folder), folder);
        foreach (var port in PortPattern().Matches(output).Select(m => m.Groups["port"].Value).Distinct(StringComparer.Ordinal))
        {
            using var client = new TcpClient();
            await Assert.ThrowsAsync<SocketException>(async () => await client.ConnectAsync(
                "127.0.0.1", int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), TestContext.Current.CancellationToken));
        }
    }

    [GeneratedRegex(@"data in (?<folder>\S+)\.$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FolderPattern();

    [GeneratedRegex(@"http://127\.0\.0\.1:(?<port>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PortPattern();
}
