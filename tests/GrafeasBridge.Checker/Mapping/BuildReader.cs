using System.Text.Json;

namespace GrafeasBridge.Checker.Mapping;

/// <summary>The rows of the documented mapping table that read <c>build.provenance</c>.</summary>
internal static class BuildReader
{
    // By the number of hexadecimal digits, for a checksum that names no algorithm.
    private static readonly Dictionary<int, string> Algorithms = new() { [32] = "md5", [40] = "sha1", [64] = "sha256", [96] = "sha384", [128] = "sha512" };

    /// <summary>False when it holds what these rows would have to read and do not: sources that are not git, artifacts without a plain digest.</summary>
    public static bool IsJudged(JsonElement provenance)
    {
        var source = Content.Get(provenance, "sourceProvenance");
        var context = Content.Get(source, "context");
        var hasOther = Content.Get(context, "gerrit").ValueKind == JsonValueKind.Object
            || Content.Get(context, "cloudRepo").ValueKind == JsonValueKind.Object
            || Content.Get(source, "additionalContexts") is { ValueKind: JsonValueKind.Array } more && more.GetArrayLength() > 0;
        return !hasOther && Artifacts(provenance).All(a => Content.Text(a, "checksum").Length > 0 || !a.GetRawText().Contains('@', StringComparison.Ordinal));
    }

    public static Build Read(JsonElement provenance)
    {
        var single = new Dictionary<string, (int Place, string Value)>(StringComparer.Ordinal);
        var id = Content.Text(provenance, "id");
        Put(single, "build.id", id);
        Put(single, "build.name", Content.Text(provenance, "projectId"));
        Put(single, "build.url", Content.Text(provenance, "logsUri"));
        if (Uri.TryCreate(id, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            Put(single, "build.url", id, place: 1);
        Put(single, "build.creator", Content.Text(provenance, "creator"));
        Put(single, "build.trigger", Content.Text(provenance, "triggerId"));
        foreach ((var attribute, var field) in new[] { ("created", "createTime"), ("started", "startTime"), ("finished", "endTime") })
            Put(single, "build." + attribute, Instant.Parse(Content.Text(provenance, field))?.ToMilliseconds() ?? string.Empty);
        var git = Content.Get(Content.Get(Content.Get(provenance, "sourceProvenance"), "context"), "git");
        Put(single, "vcs.url", Content.Text(git, "url"));
        Put(single, "vcs.revision", Content.Text(git, "revisionId"));
        Put(single, "provenance.signed", "false");
        return new Build { Id = id, Finished = Instant.Parse(Content.Text(provenance, "endTime")), Single = single, Sets = Sets(provenance) };
    }

    private static Dictionary<string, IReadOnlyList<string>> Sets(JsonElement provenance) => new(StringComparer.Ordinal)
    {
        ["builder.version"] = [.. new[] { Content.Text(provenance, "builderVersion") }.Where(v => v.Length > 0)],
        ["artifact.digest"] = [.. Artifacts(provenance).Select(a => Digest(Content.Text(a, "checksum"))).Where(d => d.Length > 0)],
        ["artifact.name"] = [.. Artifacts(provenance).SelectMany(Names)],
        ["provenance.format"] = ["grafeas"],
    };

    private static void Put(Dictionary<string, (int Place, string Value)> single, string attribute, string value, int place = 0)
    {
        if (value.Length > 0)
            single.TryAdd(attribute, (place, value));
    }

    private static JsonElement[] Artifacts(JsonElement provenance) =>
        Content.Get(provenance, "builtArtifacts") is { ValueKind: JsonValueKind.Array } artifacts ? [.. artifacts.EnumerateArray()] : [];

    private static IEnumerable<string> Names(JsonElement artifact)
    {
        string[] names = Content.Get(artifact, "names") is { ValueKind: JsonValueKind.Array } given
            ? [.. given.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!).Where(n => n.Length > 0)]
            : [];
        var id = Content.Text(artifact, "id");
        return names.Length > 0 || id.Length == 0 ? names : [id];
    }

    private static string Digest(string checksum)
    {
        var colon = checksum.IndexOf(':', StringComparison.Ordinal);
        var value = checksum[(colon + 1)..];
        var isHex = value.Length > 0 && value.All(char.IsAsciiHexDigit);
        if (colon > 0)
            return $"{checksum[..colon].ToLowerInvariant()}:{(isHex ? value.ToLowerInvariant() : value)}";
        return isHex && Algorithms.TryGetValue(value.Length, out var algorithm) ? $"{algorithm}:{value.ToLowerInvariant()}" : checksum;
    }
}
