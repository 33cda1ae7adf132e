using System.CommandLine;
using GrafeasBridge.Cli.Local;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge admin</c>: starts the service's program in its admin mode, which works on the store.</summary>
internal static class AdminVerb
{
    private const string Store = "sqlite:PATH, postgres:Host=...;Database=...;Username=..., or sqlite or postgres alone for what the settings say.";

    public static Command Create(GlobalOptions global)
    {
        var service = new Option<string?>("--service")
        {
            Description = "GrafeasBridge.dll or its folder, when it is neither beside this program nor where the build left it.",
            HelpName = "path",
            Recursive = true,
        };
        var check = new Option<bool>("--check") { Description = "Change nothing; exit code 3 when steps are to be taken." };
        return new Command(
            "admin",
            "Migrates, copies, backs up and restores the service's store on this machine, with the service's own settings: environment, "
            + "appsettings.json, and --Store:Path=... or --Store:PasswordFile=... behind the verb.")
        {
            service,
            Verb(global, service, "migrate", "Brings the store to the program's schema.", check),
            Verb(global, service, "copy", "Copies a store into an empty one of the other kind. Run again it goes on where it was.", Required("--from", "store", Store), Required("--to", "store", Store)),
            Verb(global, service, "backup", "Copies the SQLite store into a file, also while a bridge uses it.", Required("--to", "path", "A file that is not there yet.")),
            Verb(global, service, "restore", "Makes the SQLite store from a backup, where none is.", Required("--from", "path", "A file that 'admin backup' wrote.")),
        };
    }

    private static Option<string> Required(string name, string help, string description) =>
        new(name) { Description = description, HelpName = help, Required = true };

    private static Command Verb(GlobalOptions global, Option<string?> service, string name, string description, params Option[] options)
    {
        // Settings of the service are the service's to understand, and to refuse.
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        foreach (var option in options)
            command.Options.Add(option);
        command.SetAction((parsed, cancellationToken) => global.RunAsync(
            parsed,
            session => AdminProcess.RunAsync(
                ServiceLocation.Find(parsed.GetValue(service)), [name, .. options.SelectMany(option => Given(parsed, option)), .. parsed.UnmatchedTokens], session.Interrupted),
            cancellationToken));
        return command;
    }

    private static IEnumerable<string> Given(ParseResult parsed, Option option) => option switch
    {
        Option<bool> flag => parsed.GetValue(flag) ? [flag.Name] : [],
        Option<string> text => [$"{text.Name}={parsed.GetValue(text)}"],
        _ => throw new InvalidOperationException($"{option.Name} is of a type that is not passed on."),
    };
}
