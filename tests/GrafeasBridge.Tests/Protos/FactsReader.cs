using System.Text.Json;
using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Protos;

/// <summary>
/// Reads a facts file of tests/facts. Nothing in it is skipped: a key that this reader has never heard of becomes a property
/// that the compiled side does not have, and so a difference.
/// </summary>
internal static class FactsReader
{
    /// <summary>Where the facts' repository keeps its files, and where they are in this one.</summary>
    private const string TheirFolder = "proto/";

    private const string OurFolder = "grafeas/";

    public static Schema Read(JsonNode facts)
    {
        var schema = new Schema();
        foreach (var file in Items(facts, "files"))
            AddElement(schema, Ours(Text(file, "path")), "file", file, leaveOut: "path");
        foreach (var message in Items(facts, "messages"))
            AddParent(schema, message, "message", "fields", "field");
        foreach (var @enum in Items(facts, "enums"))
            AddParent(schema, @enum, "enum", "values", "value");
        foreach (var service in Items(facts, "services"))
            AddParent(schema, service, "service", "methods", "method");
        return schema;
    }

    private static void AddParent(Schema schema, JsonObject parent, string kind, string childrenKey, string childKind)
    {
        var name = Text(parent, "full_name");
        var children = Items(parent, childrenKey);
        AddElement(schema, name, kind, parent, "full_name", childrenKey);
        foreach (var child in children)
            AddElement(schema, $"{name}.{Text(child, "name")}", childKind, child, leaveOut: "name");
    }

    private static void AddElement(Schema schema, string name, string kind, JsonObject element, params ReadOnlySpan<string> leaveOut)
    {
        var properties = schema.Add(name, kind);
        foreach (var (key, value) in element)
        {
            if (!leaveOut.Contains(key))
                Flatten(properties, key, value);
        }
    }

    private static void Flatten(SortedDictionary<string, string> properties, string path, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject parts:
                foreach (var (key, part) in parts)
                    Flatten(properties, $"{path}.{key}", part);
                break;
            case JsonArray list when list.All(item => item is JsonValue):
                Put(properties, path, list.Select(item => Scalar(item!)));
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    Flatten(properties, $"{path}[{i}]", list[i]);
                break;
            default:
                properties.Add(path, Scalar(value!));
                break;
        }
    }

    /// <summary>A list of texts: in order, but for imports, whose order means nothing. An empty list is no property.</summary>
    public static void Put(SortedDictionary<string, string> properties, string name, IEnumerable<string> values)
    {
        var list = name is "imports" or "public_imports" ? values.Order(StringComparer.Ordinal).ToList() : [.. values];
        if (list.Count > 0)
            properties.Add(name, string.Join(", ", list));
    }

    private static string Scalar(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => Ours(value.GetValue<string>()),
        _ => value.ToJsonString(),
    };

    private static string Ours(string text) =>
        text.StartsWith(TheirFolder, StringComparison.Ordinal) ? OurFolder + text[TheirFolder.Length..] : text;

    private static IReadOnlyList<JsonObject> Items(JsonNode parent, string key) =>
        [.. parent[key]!.AsArray().Select(item => item!.AsObject())];

    private static string Text(JsonNode parent, string key) => parent[key]!.GetValue<string>();
}
