using System.Text.Json;
using System.Text.RegularExpressions;

namespace GrafeasBridge.Checker.Mapping;

/// <summary>A version at a target.</summary>
internal sealed record VersionId(string Subject, string Repo, string Package, string Version)
{
    public override string ToString() => $"{Subject}/{Repo}/{Package}/{Version}";
}

/// <summary>What an occurrence tells of a build, as far as it is judged.</summary>
internal sealed record Build
{
    public required string Id { get; init; }

    public required Instant? Finished { get; init; }

    /// <summary>Values by attribute of rows that take one; the place says how much a source is preferred, from 0.</summary>
    public required IReadOnlyDictionary<string, (int Place, string Value)> Single { get; init; }

    /// <summary>Values by attribute of rows that take all.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Sets { get; init; }
}

/// <summary>An occurrence as its sender wrote it, reduced to what the rules ask for.</summary>
/// <param name="Version">What its resource names; null when the checker cannot tell.</param>
/// <param name="Build">Null when it tells none, or in a form that is not judged.</param>
/// <param name="IsJudged">All that it contributes to a version is known here.</param>
internal sealed partial record Content(VersionId? Version, string NoteName, Build? Build, bool IsJudged)
{
    private static readonly string[] Known = ["name", "kind", "resourceUri", "noteName", "remediation", "createTime", "updateTime", "build"];

    public static Content Of(JsonElement occurrence)
    {
        var build = Get(occurrence, "build");
        var provenance = Get(build, "provenance");
        var isJudged = build.ValueKind == JsonValueKind.Object
            && occurrence.EnumerateObject().All(p => Known.Contains(p.Name, StringComparer.Ordinal))
            && build.EnumerateObject().All(p => p.Name is "provenance" or "provenanceBytes")
            && BuildReader.IsJudged(provenance);
        var told = isJudged && provenance.ValueKind == JsonValueKind.Object ? BuildReader.Read(provenance) : null;
        return new Content(VersionOf(Text(occurrence, "resourceUri")), Text(occurrence, "noteName"), told, isJudged);
    }

    public static JsonElement Get(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) ? value : default;

    /// <summary>Empty when it is not there or no text.</summary>
    public static string Text(JsonElement from, string name) =>
        Get(from, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : string.Empty;

    // The row `bintray-docker` of the documented resolvers, with a tag or nothing behind the name; a digest alone is looked up by lessons,
    // which are not followed here.
    private static VersionId? VersionOf(string resource)
    {
        var match = Image().Match(resource);
        if (!match.Success)
            return null;
        var tag = match.Groups["tag"] is { Success: true } told ? told.Value : "latest";
        return new VersionId(match.Groups["subject"].Value, match.Groups["repo"].Value, match.Groups["image"].Value, tag);
    }

    [GeneratedRegex(
        @"\A(?:(?:https?|docker|oci)://)?(?<subject>[a-z0-9](?:[a-z0-9]|-(?!docker-))*)-docker-(?<repo>[a-z0-9-]+)\.bintray\.(?:io|com)/" +
        @"(?<image>[A-Za-z0-9][A-Za-z0-9._+~/-]*)(?::(?<tag>[A-Za-z0-9][A-Za-z0-9._+~-]*))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Image();
}
