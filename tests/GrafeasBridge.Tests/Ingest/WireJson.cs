using System.Collections;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>
/// Protobuf JSON for the cases. An Any of an unknown type, which Google.Protobuf can neither read nor write, is
/// <c>{"@type": URL, "value": base64}</c>; on its way through the library it travels as a marked text.
/// </summary>
internal static class WireJson
{
    private const string Carrier = "type.googleapis.com/google.protobuf.StringValue";
    private const string Mark = "unknown-any|";

    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(
        GrafeasReflection.Descriptor, Grafeas.V1Beta1.GrafeasReflection.Descriptor, StructReflection.Descriptor, WrappersReflection.Descriptor, TimestampReflection.Descriptor);

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithTypeRegistry(Types));
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types));

    public static IMessage Read(JsonNode json, MessageDescriptor type)
    {
        var message = Parser.Parse(Carry(json).ToJsonString(), type);
        Walk(message, Unpack);
        return message;
    }

    public static JsonNode Write(IMessage message)
    {
        Walk(message, Pack);
        return Uncarry(JsonNode.Parse(Formatter.Format(message))!);
    }

    private static JsonNode Carry(JsonNode json) => Map(json, node =>
        node["@type"] is JsonValue url && !IsKnown((string)url!)
            ? new JsonObject { ["@type"] = Carrier, ["value"] = $"{Mark}{url}|{node["value"]}" }
            : null);

    private static JsonNode Uncarry(JsonNode json) => Map(json, node =>
    {
        if ((string?)node["@type"] != Carrier || ((string?)node["value"])?.StartsWith(Mark, StringComparison.Ordinal) != true)
            return null;
        var parts = ((string)node["value"]!)[Mark.Length..].Split('|');
        return new JsonObject { ["@type"] = parts[0], ["value"] = parts[1] };
    });

    private static void Pack(Any any)
    {
        if (IsKnown(any.TypeUrl))
            return;
        var carried = Any.Pack(new StringValue { Value = $"{Mark}{any.TypeUrl}|{any.Value.ToBase64()}" });
        (any.TypeUrl, any.Value) = (carried.TypeUrl, carried.Value);
    }

    private static void Unpack(Any any)
    {
        if (!any.TryUnpack(out StringValue text) || !text.Value.StartsWith(Mark, StringComparison.Ordinal))
            return;
        var parts = text.Value[Mark.Length..].Split('|');
        (any.TypeUrl, any.Value) = (parts[0], ByteString.FromBase64(parts[1]));
    }

    private static bool IsKnown(string typeUrl) => Types.Find(typeUrl[(typeUrl.LastIndexOf('/') + 1)..]) is not null;

    private static JsonNode Map(JsonNode json, Func<JsonObject, JsonNode?> change)
    {
        switch (json)
        {
            case JsonObject node when change(node) is { } changed:
                return changed;
            case JsonObject node:
                return new JsonObject(node.Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : Map(p.Value, change))));
            case JsonArray list:
                return new JsonArray([.. list.Select(item => item is null ? null : Map(item, change))]);
            default:
                return json.DeepClone();
        }
    }

    private static void Walk(IMessage message, Action<Any> visit)
    {
        if (message is Any any)
        {
            visit(any);
            return;
        }

        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(message);
            IEnumerable children = value switch { IDictionary map => map.Values, IMessage => new[] { value }, IList list => list, _ => Array.Empty<object>() };
            foreach (var child in children)
            {
                if (child is IMessage below)
                    Walk(below, visit);
            }
        }
    }
}
