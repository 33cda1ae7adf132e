using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Filtering.Oracle;

/// <summary>A field as the schema facts give it; the compiled descriptors are not asked.</summary>
internal sealed record FieldFact(string Name, string JsonName, string Type, string TypeName, bool Repeated, bool HasPresence, string? MapValueType)
{
    public bool IsMap => MapValueType is not null;

    public bool IsMessage => Type == "message" && !IsMap;

    public bool IsTimestamp => TypeName == "google.protobuf.Timestamp";
}

/// <summary>Messages and enums of grafeas.v1, read from the facts that the protos are checked against.</summary>
internal static class SchemaFacts
{
    private static readonly JsonNode Root = JsonNode.Parse(File.ReadAllText(RepositoryFiles.PathOf("tests", "facts", "grafeas-v1.json")))!;

    private static readonly Dictionary<string, FieldFact[]> Messages = Root["messages"]!.AsArray()
        .ToDictionary(message => Text(message!, "full_name"), message => message!["fields"]!.AsArray().Select(field => Read(field!)).ToArray());

    private static readonly Dictionary<string, Dictionary<string, int>> Enums = Root["enums"]!.AsArray()
        .ToDictionary(
            type => Text(type!, "full_name"),
            type => type!["values"]!.AsArray().ToDictionary(value => Text(value!, "name"), value => value!["number"]!.GetValue<int>()));

    /// <summary>Fields of a message; none for messages of other packages.</summary>
    public static FieldFact[] Fields(string message) => Messages.GetValueOrDefault(message, []);

    /// <summary>Numbers by name; several names may share one.</summary>
    public static Dictionary<string, int> Values(string type) => Enums[type];

    private static FieldFact Read(JsonNode field) => new(
        Text(field, "name"),
        Text(field, "json_name"),
        Text(field, "type"),
        field["type_name"]?.GetValue<string>() ?? string.Empty,
        Text(field, "label") == "repeated" && field["map"] is null,
        field["has_presence"]?.GetValue<bool>() ?? false,
        field["map"]?["value_type"]?.GetValue<string>());

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
