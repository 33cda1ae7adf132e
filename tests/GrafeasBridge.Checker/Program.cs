using GrafeasBridge.Checker.Reporting;

namespace GrafeasBridge.Checker;

internal static class Program
{
    private const int Kept = 0;
    private const int Broken = 1;
    private const int BadInput = 2;

    internal static async Task<int> RunAsync(string[] given, TextWriter output, TextWriter errors)
    {
        try
        {
            var arguments = Arguments.Parse(given);
            using var check = new Check(arguments);
            await check.RunAsync();
            await output.WriteAsync(Report.Text(check.Findings, check.Seeds));
            if (arguments.Json is { } file)
                await File.WriteAllTextAsync(file, Report.Json(check.Findings, check.Seeds));
            return check.Findings.IsClean ? Kept : Broken;
        }
        catch (BadInputException e)
        {
            await errors.WriteLineAsync(e.Message);
            return BadInput;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"A file cannot be read or written: {e.Message}");
            return BadInput;
        }
    }

    private static Task<int> Main(string[] given) => RunAsync(given, Console.Out, Console.Error);
}
