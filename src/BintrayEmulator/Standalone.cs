using BintrayEmulator.Access;
using Microsoft.Extensions.Options;

namespace BintrayEmulator;

/// <summary>The emulator as a program: settings from environment and command line, logs to the console.</summary>
internal static class Standalone
{
    private const string FirstUser = "bintray";

    /// <exception cref="OptionsValidationException">A setting is unknown or wrong.</exception>
    public static WebApplication Build(string[] args)
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
            // Somebody must be able to write, and a key of ours in the sources would be everybody's.
            options.UsersFile = options.Path + ".users";
            KeyFile.EnsureUsersFile(options.UsersFile, FirstUser);
            Console.WriteLine($"Users and their API keys are in {Path.GetFullPath(options.UsersFile)}");
        }

        return EmulatorHost.Compose(builder, options, TimeProvider.System);
    }

    private static EmulatorOptions Read(ConfigurationManager configuration)
    {
        var options = new EmulatorOptions();
        try
        {
            configuration.GetSection(EmulatorOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            return options;
        }
        catch (InvalidOperationException e)
        {
            // The binder's word for a key that no setting has, and for a value of the wrong type.
            throw new OptionsValidationException(EmulatorOptions.Section, typeof(EmulatorOptions), [(e.InnerException ?? e).Message, e.Message]);
        }
    }
}
