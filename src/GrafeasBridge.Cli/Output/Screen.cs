using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GrafeasBridge.Cli.Output;

/// <summary>Where things are printed: results on standard output, everything else on standard error.</summary>
internal sealed class Screen
{
    /// <summary>Wide enough that no line is wrapped or cut in a file or a pipe.</summary>
    private const int WidthOfFiles = 10_000;

    private readonly IAnsiConsole console = Open();
    private readonly TextWriter output = Console.Out;
    private readonly TextWriter errors = Console.Error;

    public Screen(bool json) => Json = json;

    /// <summary>Print JSON lines instead of tables.</summary>
    public bool Json { get; }

    public static Text Cell(string text) => new(Clean(text));

    public static Text Cell(string text, Style style) => new(Clean(text), style);

    public void Line(string text) => output.WriteLine(Clean(text));

    /// <summary>A line of JSON, as it is.</summary>
    public void JsonLine(string json) => output.WriteLine(json);

    public void Print(IRenderable content) => console.Write(content);

    /// <summary>What went wrong, or what a script need not read.</summary>
    public void Error(string text) => errors.WriteLine(Clean(text));

    /// <summary>A step on the way: beside the results when they are JSON.</summary>
    public void Step(string text)
    {
        if (Json)
            Error(text);
        else
            Line(text);
    }

    /// <summary>Text from outside must not control the terminal.</summary>
    private static string Clean(string text)
    {
        if (!text.Any(IsTerminalControl))
            return text;

        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
            clean.Append(IsTerminalControl(c) ? '\uFFFD' : c);

        return clean.ToString();
    }

    private static bool IsTerminalControl(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    private static IAnsiConsole Open()
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Console;

        var plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            Out = new AnsiConsoleOutput(Console.Out),
        });
        plain.Profile.Width = WidthOfFiles;
        return plain;
    }
}
