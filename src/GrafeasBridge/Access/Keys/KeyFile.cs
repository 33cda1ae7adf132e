using System.Text.Json;
using System.Text.Json.Serialization;

namespace GrafeasBridge.Access.Keys;

/// <summary>
/// The file of API keys: <c>{"keys":[{"name":"ci","hash":"sha256:…","projects":["team-a"],"roles":["send","read"]}]}</c>.
/// Keys are hashed at rest: <c>hash</c> is SHA-256 of the key's UTF-8 text in hex. Keys have 256 random bits
/// (<c>gbridge key new</c>), so a plain hash cannot be guessed back. <c>"*"</c> among the projects means all of them.
/// </summary>
internal static partial class KeyFile
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private const int MaxKeys = 10_000;
    private const string HashPrefix = "sha256:";

    /// <returns>Callers by the upper-case hex of their key's hash.</returns>
    /// <exception cref="KeyFileException">With a sentence that names the entry and the remedy.</exception>
    public static IReadOnlyDictionary<string, Caller> Read(string path)
    {
        var document = Parse(path);
        if (document.Keys is not { Count: > 0 } entries)
            throw new KeyFileException("it holds no keys; add one with `gbridge key new`.");
        if (entries.Count > MaxKeys)
            throw new KeyFileException($"it holds {entries.Count} keys; at most {MaxKeys} are allowed.");

        var callers = new Dictionary<string, Caller>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i] ?? throw new KeyFileException($"keys[{i}]: an object is expected, and null stands there.");
            (var hash, var caller) = ReadEntry(entry, $"keys[{i}]");
            if (!names.Add(caller.Name))
                throw new KeyFileException($"keys[{i}].name: '{caller.Name}' is used twice; give each key its own name.");
            if (!callers.TryAdd(hash, caller))
                throw new KeyFileException($"keys[{i}].hash: the same key stands there twice, here as '{caller.Name}'.");
        }

        return callers;
    }

    private static Document Parse(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new KeyFileException("the file does not exist.");
            if (file.Length > MaxBytes)
                throw new KeyFileException($"it has {file.Length} bytes; at most {MaxBytes} are allowed.");
            using var stream = file.OpenRead();
            return JsonSerializer.Deserialize(stream, FileJson.Default.Document)
                ?? throw new KeyFileException("it holds null; an object with 'keys' is expected.");
        }
        catch (JsonException wrong)
        {
            // The message names path and line, never a value.
            throw new KeyFileException($"it is not the JSON that is expected: at {wrong.Path}, line {wrong.LineNumber + 1}.", wrong);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"it cannot be read: {cause.Message}", cause);
        }
    }

    private static (string Hash, Caller Caller) ReadEntry(Entry entry, string at)
    {
        if (string.IsNullOrWhiteSpace(entry.Name) || entry.Name.Length > 100)
            throw new KeyFileException($"{at}.name: 1 to 100 characters are expected.");
        if (entry.Hash is not { } hash || !hash.StartsWith(HashPrefix, StringComparison.Ordinal)
            || hash.Length != HashPrefix.Length + 64 || !hash.AsSpan(HashPrefix.Length).ContainsOnlyHex())
        {
            throw new KeyFileException($"{at}.hash: 'sha256:' and 64 hex digits are expected, the hash of the key and never the key.");
        }

        if (entry.Roles is not { Count: > 0 })
            throw new KeyFileException($"{at}.roles: at least one of send, read, operate, metrics is expected.");
        var roles = new HashSet<Role>();
        foreach (var role in entry.Roles)
        {
            roles.Add(role switch
            {
                "send" => Role.Send,
                "read" => Role.Read,
                "operate" => Role.Operate,
                "metrics" => Role.Metrics,
                _ => throw new KeyFileException($"{at}.roles: '{role}' is none of send, read, operate, metrics."),
            });
        }

        // 'projects/a' would match nothing, and the key would be refused everywhere with no hint why.
        if (entry.Projects is not { Count: > 0 } projects || projects.Any(id => string.IsNullOrEmpty(id) || id.Contains('/', StringComparison.Ordinal)))
            throw new KeyFileException($"{at}.projects: project ids without 'projects/' are expected, or \"*\" for all of them.");
        IReadOnlySet<string>? allowed = projects.Contains("*") ? null : projects.ToHashSet(StringComparer.Ordinal);
        return (hash[HashPrefix.Length..].ToUpperInvariant(), new Caller(entry.Name, roles, allowed));
    }

    private static bool ContainsOnlyHex(this ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        return true;
    }

    internal sealed record Document(IReadOnlyList<Entry?>? Keys);

    internal sealed record Entry(string? Name, string? Hash, IReadOnlyList<string>? Projects, IReadOnlyList<string>? Roles);

    // A misspelt member would silently widen or lose a right, so members that are not known are refused.
    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
    [JsonSerializable(typeof(Document))]
    private sealed partial class FileJson : JsonSerializerContext;
}

/// <summary>The file of keys is wrong; the message says where and what to do, and holds no secret.</summary>
internal sealed class KeyFileException(string message, Exception? cause = null) : Exception(message, cause);
