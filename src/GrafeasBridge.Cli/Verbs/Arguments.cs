using System.CommandLine;

namespace GrafeasBridge.Cli.Verbs;

/// <summary>What holds for every argument.</summary>
internal static class Arguments
{
    /// <summary>A misspelt option would otherwise be taken for a file or a version.</summary>
    public static Argument<T> RefusingOptions<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(t => t.Value).Where(t => t.Length > 1 && t[0] == '-'))
                result.AddError($"Unrecognized option '{text}'.");
        });
        return argument;
    }
}
