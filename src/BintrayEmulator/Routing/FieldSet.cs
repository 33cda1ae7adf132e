using System.Text.Json;
using System.Text.Json.Nodes;
using BintrayEmulator.Attributes;
using BintrayEmulator.Http;

namespace BintrayEmulator.Routing;

internal enum FieldKind
{
    Text,
    Flag,
    TextList,
    Date,
}

/// <summary>A field that a caller may set. <paramref name="Unset"/> is what a reader sees until then: null, text, or a flag.</summary>
internal sealed record Field(string Name, FieldKind Kind, object? Unset = null);

/// <summary>
/// The settable fields of a repository, package or version: read leniently, as every client spells them, and kept as JSON.
/// </summary>
internal sealed class FieldSet(params Field[] fields)
{
    public static FieldSet Repository { get; } = new(
        new Field("type", FieldKind.Text, "generic"),
        new Field("private", FieldKind.Flag, false),
        new Field("premium", FieldKind.Flag, false),
        new Field("desc", FieldKind.Text, ""),
        new Field("labels", FieldKind.TextList),
        new Field("business_unit", FieldKind.Text, ""),
        new Field("gpg_sign_metadata", FieldKind.Flag, false),
        new Field("gpg_sign_files", FieldKind.Flag, false),
        new Field("gpg_use_owner_key", FieldKind.Flag, false));

    public static FieldSet Package { get; } = new(
        new Field("desc", FieldKind.Text),
        new Field("labels", FieldKind.TextList),
        new Field("licenses", FieldKind.TextList),
        new Field("custom_licenses", FieldKind.TextList),
        new Field("website_url", FieldKind.Text, ""),
        new Field("issue_tracker_url", FieldKind.Text, ""),
        new Field("github_repo", FieldKind.Text, ""),
        new Field("github_release_notes_file", FieldKind.Text, ""),
        new Field("public_download_numbers", FieldKind.Flag, false),
        new Field("public_stats", FieldKind.Flag, false),
        new Field("vcs_url", FieldKind.Text, ""),
        new Field("maturity", FieldKind.Text, ""));

    public static FieldSet Version { get; } = new(
        new Field("desc", FieldKind.Text),
        new Field("released", FieldKind.Date, ""),
        new Field("github_release_notes_file", FieldKind.Text),
        new Field("github_use_tag_release_notes", FieldKind.Flag, false),
        new Field("vcs_tag", FieldKind.Text));

    /// <summary>
    /// What a body sets, laid over what was set before; a null unsets a field. Unknown fields are ignored, as the
    /// service did: some clients send more than it had.
    /// </summary>
    public JsonObject Read(JsonElement body, JsonObject? before = null)
    {
        var result = before?.DeepClone().AsObject() ?? [];
        foreach (var field in fields)
        {
            if (!body.TryGetProperty(field.Name, out var value))
                continue;

            if (value.ValueKind == JsonValueKind.Null || field.Kind == FieldKind.Date && value.ValueEquals(""))
                result.Remove(field.Name);
            else
                result[field.Name] = Node(field, value);
        }

        return result;
    }

    /// <summary>The value a reader sees.</summary>
    public JsonNode? this[string name, JsonObject stored]
    {
        get
        {
            if (stored[name] is { } value)
                return value.DeepClone();

            var field = fields.Single(f => f.Name == name);
            return field.Kind switch
            {
                FieldKind.TextList => new JsonArray(),
                FieldKind.Flag => JsonValue.Create(field.Unset is true),
                _ => JsonValue.Create(field.Unset as string),
            };
        }
    }

    private static JsonNode? Node(Field field, JsonElement value) => (field.Kind, value.ValueKind) switch
    {
        (FieldKind.Text, JsonValueKind.String) => JsonValue.Create(value.GetString()),
        (FieldKind.Flag, JsonValueKind.True or JsonValueKind.False) => JsonValue.Create(value.GetBoolean()),
        // The Python client sends its booleans as text.
        (FieldKind.Flag, JsonValueKind.String) when bool.TryParse(value.GetString(), out var flag) => JsonValue.Create(flag),
        (FieldKind.TextList, JsonValueKind.Array) when value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            new JsonArray([.. value.EnumerateArray().Select(v => JsonValue.Create(v.GetString()))]),
        (FieldKind.Date, JsonValueKind.String) when AttributeDates.TryRead(value.GetString()!, out var instant) =>
            JsonValue.Create(AttributeDates.Write(instant)),
        _ => throw Refusals.Invalid($"Field '{field.Name}' must be {Expected(field.Kind)}"),
    };

    private static string Expected(FieldKind kind) => kind switch
    {
        FieldKind.Flag => "true or false",
        FieldKind.TextList => "an array of strings",
        FieldKind.Date => "an ISO 8601 date",
        _ => "a string",
    };
}
