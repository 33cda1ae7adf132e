using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Repository;

/// <summary>Tests start programs in one way.</summary>
public sealed partial class ProgramRunTests
{
    // PostgresServer belongs to other projects too, which do not have ProgramRun.
    private static readonly string[] Starters = ["Support/Postgres/PostgresServer.cs", "Support/ProgramRun.cs"];

    [Fact]
    public void Nothing_but_ProgramRun_starts_a_process()
    {
        var root = RepositoryFiles.PathOf("tests", "GrafeasBridge.Tests");
        Assert.Equal(
            Starters,
            Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Where(file => Starts().IsMatch(File.ReadAllText(file)))
                .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_program_that_ends_too_early_is_shown_with_what_it_printed()
    {
        await using var run = ProgramRun.Start("/bin/sh", ["-c", "cat; echo told; echo complained >&2; exit 3"], input: "asked\n");
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => run.LineAsync(line => line == "never"));
        Assert.Contains("asked\ntold\ncomplained\n", missing.Message, StringComparison.Ordinal);
        Assert.Equal(new ProgramResult(3, "asked\ntold\n", "complained\n"), await run.EndAsync());
        await Assert.ThrowsAsync<Xunit.Sdk.FailException>(run.AssertRunsAsync);
    }

    [Fact]
    public async Task A_program_gets_its_signal_after_the_line_and_the_variables_that_it_was_given()
    {
        await using var run = ProgramRun.Start(
            "/bin/sh", ["-c", "trap 'kill $!; exit 7' TERM; tail -f /dev/null & echo \"has $GIVEN\"; wait"], environment: [new("GIVEN", "this")]);
        Assert.Equal("has this", await run.LineAsync(line => line.StartsWith("has", StringComparison.Ordinal)));
        await run.SignalAsync("TERM");
        Assert.Equal(7, (await run.EndAsync()).Code);
    }

    [GeneratedRegex(@"\bProcess\.Start\(|\bnew\s+(System\.Diagnostics\.)?Process\(|\bProcess\s+\w+\s*=\s*new\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Starts();
}
