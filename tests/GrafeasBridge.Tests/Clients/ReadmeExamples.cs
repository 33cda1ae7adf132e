using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Clients;

/// <summary>The commands that README.md shows: every curl and gbridge in its code blocks, in its order.</summary>
internal static class ReadmeExamples
{
    private static readonly string[] Programs = ["curl ", "gbridge "];

    public static IReadOnlyList<string> Read() => [.. Commands(File.ReadAllLines(RepositoryFiles.PathOf("README.md")))];

    /// <param name="lines">A page whose code is indented by four spaces; a command goes on in the lines indented deeper.</param>
    public static IEnumerable<string> Commands(IReadOnlyList<string> lines)
    {
        string? command = null;
        foreach (var line in lines)
        {
            var code = line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : string.Empty;
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
}
