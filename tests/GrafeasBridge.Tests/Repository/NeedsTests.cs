using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;
using Xunit.Sdk;

namespace GrafeasBridge.Tests.Repository;

/// <summary>The short run of the tests needs nothing but the .NET SDK: what a test needs beyond it is named on it, or it fails.</summary>
public sealed partial class NeedsTests
{
    // What every machine has that can run the tests at all.
    private static readonly string[] Everywhere = ["dotnet", "bash", "/bin/bash", "/bin/sh", "kill", "flock", "script", "chown", "runuser"];

    [Fact]
    public void A_test_that_uses_what_it_does_not_name_fails()
    {
        var failure = Assert.ThrowsAny<XunitException>(() => NeedsAttribute.Check(Need.Node));
        Assert.Contains("[Needs(Need.Node)]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Needs(Need.Curl)]
    public void A_test_that_names_what_it_uses_may_use_it_and_nothing_else()
    {
        NeedsAttribute.Check(Need.Curl);
        Assert.ThrowsAny<XunitException>(() => NeedsAttribute.Check(Need.Node));
    }

    [Fact]
    public void Every_program_is_asked_for_where_it_is_started()
    {
        var started = 0;
        // Of the store behind every host a run says which it is, and tests do not.
        foreach (var file in Directory.EnumerateFiles(RepositoryFiles.PathOf("tests", "GrafeasBridge.Tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not "StoreUnderTest.cs"))
        {
            var text = File.ReadAllText(file);
            foreach (var program in Starts().Matches(text).Select(start => start.Groups["program"].Value).Except(Everywhere))
            {
                started++;
                Assert.True(text.Contains("NeedsAttribute.Check(", StringComparison.Ordinal), $"{file} starts {program} without NeedsAttribute.Check");
            }
        }

        Assert.True(started >= 6, "this test no longer sees how programs are started");
    }

    [GeneratedRegex("""\b(ProgramRun\.(Start|RunAsync)\(\s*"(?<program>[^"$]+)["]|(?<program>PostgresServer)\.(Shared|Start)\w*Async|RunAsync\("(?<program>mount)")""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Starts();
}
