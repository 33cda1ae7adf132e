namespace GrafeasBridge.Cli;

/// <summary>Ends a verb with a sentence for the user. The sentence names what is wrong, its value and the remedy.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public static CliException BadInput(string message) => new(Cli.ExitCode.BadInput, message);
}
