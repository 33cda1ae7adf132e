using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using BintrayEmulator.Http;

namespace BintrayEmulator.Access;

/// <summary>The users and their keys. Keys are kept as hashes, and compared in constant time.</summary>
internal sealed class UserDirectory
{
    private readonly Dictionary<string, Entry> users = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => users.Keys;

    /// <summary>Reads users from the settings and their files.</summary>
    /// <exception cref="InvalidDataException">A file holds something else than users or a key.</exception>
    public static UserDirectory Load(EmulatorOptions options)
    {
        var directory = new UserDirectory();
        foreach (var (name, user) in options.Users)
        {
            var key = user.ApiKeyFile is { Length: > 0 } file ? KeyFile.Read($"Emulator:Users:{name}:ApiKeyFile", file) : user.ApiKey!;
            directory.users[name] = new Entry(Hash(key), [.. user.Subjects]);
        }

        if (options.UsersFile is { Length: > 0 } usersFile)
            directory.AddFile(usersFile);

        return directory;
    }

    /// <summary>
    /// The caller of a request. Nobody when no credentials came; wrong ones are refused even where none are needed, as the service did.
    /// </summary>
    public Caller Authenticate(HttpRequest request)
    {
        if (request.Headers.Authorization.Count == 0)
            return Caller.Anonymous;

        if (!TryReadBasic(request.Headers.Authorization.ToString(), out var name, out var key))
            throw Refusals.Unauthenticated();

        var known = users.TryGetValue(name, out var user);
        var matches = CryptographicOperations.FixedTimeEquals(Hash(key), known ? user!.KeyHash : Hash(""));
        return known && matches ? new Caller(name, user!.Subjects) : throw Refusals.Unauthenticated();
    }

    private static bool TryReadBasic(string header, [NotNullWhen(true)] out string? name, [NotNullWhen(true)] out string? key)
    {
        (name, key) = (null, null);
        if (!AuthenticationHeaderValue.TryParse(header, out var value) ||
            !string.Equals(value.Scheme, "Basic", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var bytes = new byte[value.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(value.Parameter ?? "", bytes, out var length))
            return false;

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || colon == text.Length - 1)
            return false;

        (name, key) = (text[..colon], text[(colon + 1)..]);
        return true;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private void AddFile(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path).Select(l => l.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || colon == line.Length - 1)
                throw new InvalidDataException($"Emulator:UsersFile ('{path}'), line {number}: write name:api-key.");

            users[line[..colon]] = new Entry(Hash(line[(colon + 1)..]), []);
        }

        if (users.Count == 0)
            throw new InvalidDataException($"Emulator:UsersFile ('{path}') names nobody: write name:api-key, one user a line.");
    }

    private sealed record Entry(byte[] KeyHash, IReadOnlyCollection<string> Subjects);
}
