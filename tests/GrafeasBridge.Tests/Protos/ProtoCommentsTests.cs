using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Protos;

/// <summary>The schema's documentation stays: every file, message, enum, service and method under protos/grafeas says what it is.</summary>
public sealed partial class ProtoCommentsTests
{
    private const int LongestLine = 120;

    [Fact]
    public void Every_file_message_enum_service_and_method_has_a_comment()
    {
        var files = Directory.GetFiles(RepositoryFiles.PathOf("protos", "grafeas"), "*.proto", SearchOption.AllDirectories);
        Assert.True(files.Length >= 44, $"only {files.Length} protos were found");
        var problems = files.Order(StringComparer.Ordinal)
            .SelectMany(file => Problems(Path.GetRelativePath(RepositoryFiles.Root, file), File.ReadAllLines(file)))
            .ToList();
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public void A_bare_declaration_is_named_with_its_line()
    {
        string[] lines =
        [
            "syntax = \"proto3\";", "// Said.", "message Told {", "  enum Untold {", "  }", "}", "", "// Far away.", "", "service Alone {",
            "  // ", "  rpc Hollow(Told) returns (Told) {", "  }", "}",
        ];
        Assert.Equal(
            [
                "a.proto(1): the file has no comment",
                "a.proto(4): enum Untold has no comment",
                "a.proto(10): service Alone has no comment",
                "a.proto(12): rpc Hollow has no comment",
            ],
            Problems("a.proto", lines));
    }

    [Fact]
    public void A_line_that_is_too_long_is_named() =>
        Assert.Equal(["b.proto(2): is 121 characters long"], Problems("b.proto", ["// File.", new string('x', LongestLine + 1)]));

    private static IEnumerable<string> Problems(string file, string[] lines)
    {
        if (!IsComment(lines[0]))
            yield return $"{file}(1): the file has no comment";
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > LongestLine)
                yield return $"{file}({i + 1}): is {lines[i].Length} characters long";
            if (Declaration().Match(lines[i]) is { Success: true } match && !(i > 0 && IsComment(lines[i - 1])))
                yield return $"{file}({i + 1}): {match.Groups["kind"].Value} {match.Groups["name"].Value} has no comment";
        }
    }

    private static bool IsComment(string line) =>
        line.TrimStart().StartsWith("//", StringComparison.Ordinal) && line.Trim().Length > "//".Length;

    [GeneratedRegex(@"^\s*(?<kind>message|enum|service|rpc)\s+(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Declaration();
}
