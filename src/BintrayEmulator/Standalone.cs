using BintrayEmulator.Access;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace BintrayEmulator;

/// <summary>The emulator as a program: settings from environment and command line, logs to the console.</summary>
internal static class Standalone
{
    private const string FirstUser = "bintray";

    private const int CannotRun = 2;

    /// <summary>Runs until it is told to stop.</summary>
    /// <param name="configure">Adds middleware and routes in front of the emulator's own routes.</param>
    /// <returns>The exit code: 0, or 2 with a sentence on the error stream.</returns>
    public static async Task<int> RunAsync(string[] args, Action<WebApplication>? configure = null)
    {
        try
        {
            await using var app = Build(args, configure);
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

    private static WebApplication Build(string[] args, Action<WebApplication>? configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
        builder.Configuration.AddEnvironmentVariables().AddCommandLine(args);
        builder.Logging
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddConfiguration(builder.Configuration.GetSection("Logging"))
            .AddSimpleConsole(console => console.SingleLine = true);

        var options = Read(builder.Configuration);
        if (options.Users.Count == 0 && options.UsersFile is null && EmulatorHost.IsLoopback(options))
        {
            // Without a user nothing could be written, and a default key in the sources would be known to all.
            options.UsersFile = options.Path + ".users";
            KeyFile.EnsureUsersFile(options.UsersFile, FirstUser);
            Console.WriteLine($"Users and their API keys are in {Path.GetFullPath(options.UsersFile)}");
        }

        return EmulatorHost.Compose(builder, options, TimeProvider.System, configure);
    }

    private static EmulatorOptions Read(ConfigurationManager configuration)
    {
        var section = configuration.GetSection(EmulatorOptions.Section);
        var problems = Unknown(section, typeof(EmulatorOptions))
            .Concat(section.GetSection(nameof(EmulatorOptions.Users)).GetChildren().SelectMany(user => Unknown(user, typeof(EmulatorUser))))
            .ToList();
        if (problems.Count > 0)
            throw Wrong(problems);

        try
        {
            var options = new EmulatorOptions();
            section.Bind(options);
            return options;
        }
        catch (InvalidOperationException e)
        {
            // A value of the wrong type; the message names key and value.
            throw Wrong([e.Message]);
        }
    }

    // A misspelt setting would otherwise silently leave the default in force.
    private static IEnumerable<string> Unknown(IConfigurationSection section, Type settings)
    {
        var known = settings.GetProperties().Select(p => p.Name).ToList();
        return section.GetChildren()
            .Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => $"{child.Path} is not a setting. Known in {section.Path}: {string.Join(", ", known)}.");
    }

    private static OptionsValidationException Wrong(IEnumerable<string> problems) =>
        new(EmulatorOptions.Section, typeof(EmulatorOptions), problems);
}
