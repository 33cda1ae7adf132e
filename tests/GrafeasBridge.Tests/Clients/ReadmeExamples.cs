using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Clients;

/// <summary>
/// The commands that README.md and the pages in src/GrafeasBridge/docs show: every curl and gbridge in their code blocks, in the order in which
/// a reader meets them, which is that of the README's links.
/// </summary>
internal static partial class ReadmeExamples
{
    private static readonly string[] Programs = ["curl ", "gbridge "];

    /// <summary>README.md, then the pages that it links, in its order.</summary>
    public static IReadOnlyList<string> Pages()
    {
        var readme = RepositoryFiles.PathOf("README.md");
        var linked = Links().Matches(File.ReadAllText(readme)).Select(link => RepositoryFiles.PathOf(link.Groups["page"].Value.Split('/')));
        return [.. linked.Prepend(readme).Distinct()];
    }

    public static IReadOnlyList<string> Read() => [.. Pages().SelectMany(page => Commands(File.ReadAllLines(page)))];

    /// <param name="lines">
    /// A page. Its code is indented by four spaces or fenced; a command goes on in the lines that are indented deeper than its first one.
    /// </param>
    public static IEnumerable<string> Commands(IReadOnlyList<string> lines)
    {
        string? command = null;
        var isFenced = false;
        foreach (var line in lines)
        {
            var isFence = line.StartsWith("```", StringComparison.Ordinal);
            isFenced ^= isFence;
            var code = isFence ? string.Empty : isFenced ? line : Indented(line);
            var goesOn = command is not null && code.StartsWith(' ');
            if (goesOn)
            {
                command += "\n" + code;
                continue;
            }

            if (command is not null)
                yield return command;
            command = Array.Exists(Programs, program => code.StartsWith(program, StringComparison.Ordinal)) ? code : null;
        }

        if (command is not null)
            yield return command;
    }

    private static string Indented(string line) => line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : string.Empty;

    [GeneratedRegex(@"\]\((?<page>src/GrafeasBridge/docs/[^)#]+\.md)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Links();
}
