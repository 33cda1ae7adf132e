using System.Globalization;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Cli;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Clients;

/// <summary>What README.md and the pages that it links tell a newcomer to type works, in their order, against a service started as they say.</summary>
public sealed class ReadmeTests
{
    // Part of a command, and what its answer must hold. A command that is not here must still succeed and answer something.
    private static readonly (string Command, string Answer)[] Answers =
    [
        ("packages/team:web/versions/1.3.0", "b-40"),
        ("gbridge send", "verified"),
        ("gbridge get", "2ce3f90facdb51aeb950d5bc641e981be61fdf48"),
        ("gbridge versions --commit", "acme/images/team/web/1.4.0"),
        ("gbridge targets", "embedded"),
        ("gbridge parked", "No parked version matches."),
        ("gbridge get --compare", "The target carries exactly this."),
        ("--dry-run", "No version matches."),
        ("--yes", "No version matches."),
        ("notes?noteId=build", "\"projects/demo/notes/build\""),
        ("x-request-id: b-42", "\"projects/demo/occurrences/"),
        ("versions/1.5.0", "b-42"),
        ("v1beta1/projects/demo/notes/build", "\"builderVersion\":\"1\""),
        ("filter=kind=", "b-42"),
        ("b-40", "team/web@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"),
        ("b-43", "team/web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ("archivista/upload", "\"gitoid\""),
        ("gbridge versions --filter", "acme/images/team/web/1.4.0"),
        ("gbridge versions --digest", "acme/images/team/web/1.6.0"),
        ("gbridge unmapped", "demo"),
        ("gbridge health", "is serving"),
        ("gbridge key new", "\"roles\""),
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    [Needs(Need.Curl)]
    public async Task Every_command_in_the_code_of_the_README_and_its_pages_works_in_their_order()
    {
        var commands = ReadmeExamples.Read();
        Assert.All(Answers, answer => Assert.Contains(commands, command => command.Contains(answer.Command, StringComparison.Ordinal)));
        using var folder = new TemporaryFolder();
        var ports = ServiceProcess.FreePorts(3);
        await using var service = await ServiceProcess.StartAsync(
            "GrafeasBridge.dll",
            new Uri($"http://127.0.0.1:{ports[1]}/readyz"),
            [.. BridgeHost.Settings(folder.Path, [$"Listen:Grpc=http://127.0.0.1:{ports[0]}", $"Listen:Http=http://127.0.0.1:{ports[1]}", $"Emulator:Listen=http://127.0.0.1:{ports[2]}"])]);
        foreach (var command in commands)
        {
            (var code, var output, var errors) = await BashAsync(command, ports);
            Assert.True(code == 0, $"{command}\nended with {code}:\n{output}\n{errors}");
            Assert.True(output.Trim().Length > 0, $"{command}\nanswered nothing:\n{errors}");
            if (command.StartsWith("curl ", StringComparison.Ordinal))
                Assert.NotNull(JsonNode.Parse(output));
            foreach ((var _, var answer) in Answers.Where(answer => command.Contains(answer.Command, StringComparison.Ordinal)))
                Assert.Contains(answer, output, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void The_README_links_every_page_of_the_documentation() =>
        Assert.Equal(
            Directory.EnumerateFiles(RepositoryFiles.PathOf("src", "GrafeasBridge", "docs"), "*.md").Order(StringComparer.Ordinal),
            ReadmeExamples.Pages().Skip(1).Order(StringComparer.Ordinal));

    [Fact]
    public void The_first_screen_of_the_README_shows_the_two_commands()
    {
        string[] screen = [.. File.ReadLines(RepositoryFiles.PathOf("README.md")).Take(24)];
        Assert.Contains("    dotnet run --project src/GrafeasBridge.Cli -- demo", screen);
        Assert.Contains("    bash tests/run.sh", screen);
    }

    [Fact]
    public void Commands_are_taken_out_of_the_code_with_the_lines_that_continue_them()
    {
        string[] page =
        [
            "Say `curl x` or", "gbridge y:", "", "    # first", "    curl -X POST \\", "      -d '{", "           }'", "    alias a=b", "    gbridge get x", "", "    curl z",
            "", "```sh", "curl u \\", "  -v", "gbridge w", "```", "curl no",
        ];
        Assert.Equal(["curl -X POST \\\n  -d '{\n       }'", "gbridge get x", "curl z", "curl u \\\n  -v", "gbridge w"], ReadmeExamples.Commands(page));
    }

    private static async Task<ProgramResult> BashAsync(string command, int[] ports)
    {
        NeedsAttribute.Check(Need.Curl);
        string[] said = ["127.0.0.1:8080", "127.0.0.1:8081", "127.0.0.1:8082"];
        for (var i = 0; i < said.Length; i++)
            command = command.Replace(said[i], string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[i]}"), StringComparison.Ordinal);
        // A refusal is an answer to curl; here it is a failure. The alias of the README becomes what was built already.
        var script = $$"""
            curl() { command curl --silent --show-error --fail-with-body "$@"; }
            gbridge() { dotnet '{{Gbridge.Assembly}}' "$@"; }
            {{command}}
            """;
        return await ProgramRun.RunAsync(
            "bash", ["-c", script], RepositoryFiles.Root, [new("GBRIDGE_SERVER", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[0]}"))]);
    }
}
