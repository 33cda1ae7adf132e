using System.Text.Json;
using GrafeasBridge.Checker.Mapping;

namespace GrafeasBridge.Checker.Reading;

/// <summary>An attribute as a target holds it; values as the target writes them.</summary>
internal sealed record HeldAttribute(string Type, IReadOnlyList<string> Values);

/// <summary>What a version carries, by attribute.</summary>
internal sealed record TargetVersion(VersionId Id, IReadOnlyDictionary<string, HeldAttribute> Attributes)
{
    public IReadOnlyList<string> Occurrences => Attributes.GetValueOrDefault(Fold.OccurrenceAttribute)?.Values ?? [];

    /// <exception cref="JsonException">It is not of the target's form.</exception>
    public static TargetVersion Of(JsonElement entry)
    {
        // Bintray's spelling of team/web is team:web.
        var package = Text(entry, "package").Replace(':', '/');
        var id = new VersionId(Text(entry, "subject"), Text(entry, "repo"), package, Text(entry, "version"));
        if (Content.Get(entry, "attributes") is not { ValueKind: JsonValueKind.Array } attributes)
            throw new JsonException("An entry has no array 'attributes'.");
        var held = new Dictionary<string, HeldAttribute>(StringComparer.Ordinal);
        foreach (var attribute in attributes.EnumerateArray())
        {
            if (Content.Get(attribute, "values") is not { ValueKind: JsonValueKind.Array } values)
                throw new JsonException("An attribute has no array 'values'.");
            held[Text(attribute, "name")] = new HeldAttribute(Text(attribute, "type").ToLowerInvariant(), [.. values.EnumerateArray().Select(Written)]);
        }

        return new TargetVersion(id, held);
    }

    // A number keeps its spelling; a text is what stands between the quotes.
    private static string Written(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Text(JsonElement entry, string name) => Content.Get(entry, name) is { ValueKind: JsonValueKind.String } text
        ? text.GetString()!
        : throw new JsonException($"An entry has no text '{name}'.");
}

/// <summary>What the target holds at the end: an answer of <c>/_emulator/state</c>.</summary>
internal static class TargetState
{
    public static async Task<IReadOnlyDictionary<VersionId, TargetVersion>> ReadAsync(Stream stream, string name)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(stream);
            if (Content.Get(document.RootElement, "carried") is not { ValueKind: JsonValueKind.Array } carried)
                throw new JsonException("It has no array 'carried'.");
            return carried.EnumerateArray()
                .Where(e => Content.Get(e, "version").ValueKind == JsonValueKind.String)
                .Select(TargetVersion.Of)
                .ToDictionary(v => v.Id);
        }
        catch (JsonException e)
        {
            throw new BadInputException($"'{name}' is no state of a target: {e.Message}");
        }
    }
}
