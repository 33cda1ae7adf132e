using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace BintrayEmulator;

internal static class Program
{
    private const int CannotRun = 2;

    private static async Task<int> Main(string[] args)
    {
        if (args is ["--check", var url])
            return await HealthCheck.RunAsync(url);

        try
        {
            await using var app = Standalone.Build(args);
            await app.RunAsync();
            return 0;
        }
        catch (OptionsValidationException e)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, e.Failures));
            return CannotRun;
        }
        // A file that holds something else or cannot be opened, a port that is taken.
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or SqliteException)
        {
            await Console.Error.WriteLineAsync("The emulator cannot run: " + e.Message);
            return CannotRun;
        }
    }
}
