using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Cli.Output;

namespace GrafeasBridge.Cli.Verbs;

/// <summary><c>gbridge key new</c>: a fresh API key, and what the service's key file must say about it. Connects to nothing.</summary>
internal static class KeyVerb
{
    private const int LongestName = 100;

    private static readonly string[] Roles = ["send", "read", "operate", "metrics"];

    public static Command Create(GlobalOptions global)
    {
        var name = new Option<string>("--name") { Description = "Whose key it is; shown in the service's log.", Required = true };
        var project = new Option<string[]>("--project")
        {
            Description = "A project that the key opens; may be repeated. Without it: all projects.",
            DefaultValueFactory = _ => [],
        };
        var role = new Option<string>("--role")
        {
            Description = "What the key may do: send, read, operate, metrics, with commas between.",
            DefaultValueFactory = _ => "send,read",
        };
        var fresh = new Command("new", "Makes a key. The key is printed once and kept nowhere; the service knows its SHA-256 only.") { name, project, role };
        fresh.SetAction((parsed, cancellationToken) => global.RunAsync(
            parsed,
            session => Task.FromResult(New(session.Screen, parsed.GetValue(name)!, parsed.GetValue(project)!, parsed.GetValue(role)!)),
            cancellationToken));
        return new Command("key", "API keys.") { fresh };
    }

    private static int New(Screen screen, string name, string[] projects, string roles)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName)
            throw CliException.BadInput($"--name must have 1 to {LongestName} characters.");

        var chosen = roles.Split(',', StringSplitOptions.TrimEntries);
        if (chosen.FirstOrDefault(r => !Roles.Contains(r, StringComparer.Ordinal)) is { } unknown)
            throw CliException.BadInput($"--role '{unknown}' is none of {string.Join(", ", Roles)}.");

        var key = "gb_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var hash = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        string[] ids = projects.Length == 0 ? ["*"] : [.. projects.Select(p => ProjectName.Parse(p, "--project")["projects/".Length..])];
        var entry = new KeyEntry(name, hash, ids, [.. chosen.Distinct(StringComparer.Ordinal)]);
        if (screen.Json)
        {
            screen.JsonLine(JsonSerializer.Serialize(new NewKeyLine(key, entry), JsonLines.Readable.NewKeyLine));
            return ExitCode.Done;
        }

        screen.Line($"Key (shown once, give it to the sender as a secret):\n\n  {key}\n");
        screen.Line("Entry for 'keys' in the file that the service's Access:KeysFile names:\n");
        screen.JsonLine("  " + JsonSerializer.Serialize(entry, JsonLines.Readable.KeyEntry));
        return ExitCode.Done;
    }
}
