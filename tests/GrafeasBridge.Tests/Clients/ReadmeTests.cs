using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Cli;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Clients;

/// <summary>What README.md tells a newcomer to type works, in its order, against a service started as it says.</summary>
public sealed class ReadmeTests
{
    // Part of a command, and what its answer must hold. A command that is not here must still succeed and answer something.
    private static readonly (string Command, string Answer)[] Answers =
    [
        ("gbridge send", "verified"),
        ("gbridge get", "2ce3f90facdb51aeb950d5bc641e981be61fdf48"),
        ("gbridge versions --commit", "acme/images/team:web/1.4.0"),
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
        ("projects/demo/builds", "team/web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ("archivista/upload", "\"gitoid\""),
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_command_in_the_code_of_the_README_works_in_its_order()
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
    public void Commands_are_taken_out_of_the_code_with_the_lines_that_continue_them()
    {
        string[] page =
        [
            "Say `curl x` or", "gbridge y:", "", "    # first", "    curl -X POST \\", "      -d '{", "           }'", "    alias a=b", "    gbridge get x", "", "    curl z",
        ];
        Assert.Equal(["curl -X POST \\\n  -d '{\n       }'", "gbridge get x", "curl z"], ReadmeExamples.Commands(page));
    }

    private static async Task<(int Code, string Output, string Errors)> BashAsync(string command, int[] ports)
    {
        string[] said = ["127.0.0.1:8080", "127.0.0.1:8081", "127.0.0.1:8082"];
        for (var i = 0; i < said.Length; i++)
            command = command.Replace(said[i], string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[i]}"), StringComparison.Ordinal);
        // A refusal is an answer to curl; here it is a failure. The alias of the README becomes what was built already.
        var script = $$"""
            curl() { command curl --silent --show-error --fail-with-body "$@"; }
            gbridge() { dotnet '{{Gbridge.Assembly}}' "$@"; }
            {{command}}
            """;
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = RepositoryFiles.Root,
            Environment = { ["GBRIDGE_SERVER"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[0]}") },
        };
        using var bash = Process.Start(start) ?? throw new InvalidOperationException("bash did not start");
        using var stop = Cancelled.Register(() => bash.Kill(entireProcessTree: true));
        var errors = bash.StandardError.ReadToEndAsync(Cancelled);
        var output = await bash.StandardOutput.ReadToEndAsync(Cancelled);
        await bash.WaitForExitAsync(Cancelled);
        return (bash.ExitCode, output, await errors);
    }
}
