using System.Net;
using Microsoft.Extensions.Options;

namespace BintrayEmulator;

/// <summary>The rules that span settings. Every problem is reported at once, with the key, the value and the remedy.</summary>
internal sealed class EmulatorOptionsRules : IValidateOptions<EmulatorOptions>
{
    /// <summary>All problems of these settings; empty when the emulator can start with them.</summary>
    public static IReadOnlyList<string> Problems(EmulatorOptions options)
    {
        var ranges = new EmulatorOptionsValidator().Validate(EmulatorOptions.Section, options);
        var rules = new EmulatorOptionsRules().Validate(EmulatorOptions.Section, options);
        return [.. ranges.Failures ?? [], .. rules.Failures ?? []];
    }

    public ValidateOptionsResult Validate(string? name, EmulatorOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        CheckListen(options, errors);
        CheckUsers(options, errors);
        CheckFile(errors, "Emulator:UsersFile", options.UsersFile);
        CheckFile(errors, "Emulator:AdminKeyFile", options.AdminKeyFile);
        return errors.Build();
    }

    private static void CheckListen(EmulatorOptions options, ValidateOptionsResultBuilder errors)
    {
        if (!ListenAddress.TryParse(options.Listen, out var address))
        {
            errors.AddError(
                $"Emulator:Listen ('{options.Listen}') must look like http://127.0.0.1:8082: plain http, an IP address, 'localhost' or " +
                "'*', a port, and no path. Put a TLS proxy in front when https is needed.");
            return;
        }

        if (!IPAddress.IsLoopback(address.Address) && options.Users.Count == 0 && options.UsersFile is null)
        {
            errors.AddError(
                $"Emulator:Listen ('{options.Listen}') can be reached from other machines, and there are no users. " +
                "Set Emulator:UsersFile or Emulator:Users:<name>:ApiKeyFile, or listen on 127.0.0.1.");
        }
    }

    private static void CheckUsers(EmulatorOptions options, ValidateOptionsResultBuilder errors)
    {
        foreach (var (name, user) in options.Users)
        {
            if (name.Length == 0 || name.Contains(':', StringComparison.Ordinal))
                errors.AddError($"Emulator:Users has the name '{name}': a user's name is not empty and has no colon (HTTP Basic).");

            if (string.IsNullOrEmpty(user.ApiKey) == string.IsNullOrEmpty(user.ApiKeyFile))
                errors.AddError($"Emulator:Users:{name} needs exactly one of ApiKey and ApiKeyFile.");

            CheckFile(errors, $"Emulator:Users:{name}:ApiKeyFile", user.ApiKeyFile);
        }
    }

    private static void CheckFile(ValidateOptionsResultBuilder errors, string key, string? path)
    {
        if (path is { Length: > 0 } && !File.Exists(path))
            errors.AddError($"{key} ('{path}') is not there: create the file or take the setting out.");
    }
}
