using GrafeasBridge.Checker.Reporting;

namespace GrafeasBridge.Checker;

internal static class Program
{
    private const int Kept = 0;
    private const int Broken = 1;
    private const int BadInput = 2;

    private static async Task<int> Main(string[] given)
    {
        try
        {
            Arguments arguments = Arguments.Parse(given);
            using var check = new Check(arguments);
            await check.RunAsync();
            await Console.Out.WriteAsync(Report.Text(check.Findings, check.Seeds));
            if (arguments.Json is { } file)
                await File.WriteAllTextAsync(file, Report.Json(check.Findings, check.Seeds));
            return check.Findings.IsClean ? Kept : Broken;
        }
        catch (BadInputException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return BadInput;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The report cannot be written: {e.Message}");
            return BadInput;
        }
    }
}
