using System.Buffers.Text;
using System.Collections;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Api;
using GrafeasBridge.Api.Rest;

namespace GrafeasBridge.Ingest.Archivista;

/// <summary>
/// Fills a message from JSON whose shape is open, as predicates are: members that the schema lacks are passed over, members
/// that it has must be of its type. For JSON that <see cref="JsonTree"/> has passed; never throws.
/// </summary>
internal static class OpenJson
{
    /// <summary>Deepest nesting that is copied: readers of protobuf stop at 100 levels, and a JSON object inside another takes three.</summary>
    public const int MaxDepth = 28;

    public static void Fill(ref Checker check, JsonElement json, IMessage message)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            check.Add(string.Empty, "must be an object");
            return;
        }

        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (JsonTree.Member(json, field.JsonName) is not { } value)
                continue;
            if (field.IsMap)
                Map(ref check, value, field, message);
            else if (field.IsRepeated)
                List(ref check, value, field, message);
            else
                One(ref check, value, field, message);
        }
    }

    private static void One(ref Checker check, JsonElement json, FieldDescriptor field, IMessage message)
    {
        check.Enter(field.JsonName);
        if (Value(ref check, json, field) is { } value)
            field.Accessor.SetValue(message, value);
        check.Leave();
    }

    private static void List(ref Checker check, JsonElement json, FieldDescriptor field, IMessage message)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            check.Add(field.JsonName, "must be a list");
            return;
        }

        var into = (IList)field.Accessor.GetValue(message);
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            check.Enter(field.JsonName, index++);
            if (Value(ref check, item, field) is { } value)
                into.Add(value);
            check.Leave();
        }
    }

    private static void Map(ref Checker check, JsonElement json, FieldDescriptor field, IMessage message)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            check.Add(field.JsonName, "must be an object");
            return;
        }

        var into = (IDictionary)field.Accessor.GetValue(message);
        var values = field.MessageType.FindFieldByNumber(2);
        foreach (var member in json.EnumerateObject())
        {
            check.Enter(field.JsonName, member.Name);
            if (Value(ref check, member.Value, values) is { } value)
                into[member.Name] = value;
            check.Leave();
        }
    }

    /// <returns>Null when there is a problem.</returns>
    private static object? Value(ref Checker check, JsonElement json, FieldDescriptor field)
    {
        switch (field.FieldType)
        {
            case FieldType.String when json.ValueKind == JsonValueKind.String:
                return json.GetString();
            case FieldType.Bool when json.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return json.GetBoolean();
            case FieldType.Int64 when json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var number):
                return number;
            // As protobuf writes wide numbers in JSON; Google Cloud Build does.
            case FieldType.Int64 when json.ValueKind == JsonValueKind.String
                && long.TryParse(json.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var told):
                return told;
            case FieldType.Bytes when json.ValueKind == JsonValueKind.String && Base64.IsValid(json.GetString()!):
                return ByteString.FromBase64(json.GetString()!);
            case FieldType.Message:
                return Message(ref check, json, field.MessageType);
            default:
                check.Add(string.Empty, $"must be {Wanted(field.FieldType)}");
                return null;
        }
    }

    private static IMessage? Message(ref Checker check, JsonElement json, MessageDescriptor type)
    {
        if (type == Timestamp.Descriptor)
            return Time(ref check, json);
        if (type == Any.Descriptor)
            return Packed(ref check, json);
        if (type == Google.Protobuf.WellKnownTypes.Value.Descriptor)
            return Free(ref check, json, 0);
        if (type == Struct.Descriptor)
        {
            if (json.ValueKind == JsonValueKind.Object)
                return FreeObject(ref check, json, 0);
            check.Add(string.Empty, "must be an object");
            return null;
        }

        var message = type.Parser.ParseFrom(ByteString.Empty);
        Fill(ref check, json, message);
        return message;
    }

    private static Timestamp? Time(ref Checker check, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String && JsonScalars.TextProblem(json, Timestamp.Descriptor) is null)
            return JsonParser.Default.Parse<Timestamp>(json.GetRawText());
        check.Add(string.Empty, "is no time such as 2024-03-01T10:00:00Z");
        return null;
    }

    // Of whatever type it says to be: nobody here needs to know it, and all of it can be kept.
    private static Any? Packed(ref Checker check, JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
            ? FreeObject(ref check, json, 0) is { } fields ? Any.Pack(fields) : null
            : Free(ref check, json, 0) is { } value ? Any.Pack(value) : null;

    private static Struct? FreeObject(ref Checker check, JsonElement json, int depth)
    {
        if (IsTooDeep(ref check, depth))
            return null;
        var fields = new Struct();
        foreach (var member in json.EnumerateObject())
        {
            if (Free(ref check, member.Value, depth + 1) is not { } value)
                return null;
            fields.Fields[member.Name] = value;
        }

        return fields;
    }

    private static Value? Free(ref Checker check, JsonElement json, int depth)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                return FreeObject(ref check, json, depth) is { } fields ? Google.Protobuf.WellKnownTypes.Value.ForStruct(fields) : null;
            case JsonValueKind.Array:
                return FreeList(ref check, json, depth);
            case JsonValueKind.String:
                return Google.Protobuf.WellKnownTypes.Value.ForString(json.GetString()!);
            case JsonValueKind.Number:
                // Beyond a double there is only the text.
                return json.TryGetDouble(out var number) && double.IsFinite(number)
                    ? Google.Protobuf.WellKnownTypes.Value.ForNumber(number)
                    : Google.Protobuf.WellKnownTypes.Value.ForString(json.GetRawText());
            case JsonValueKind.True or JsonValueKind.False:
                return Google.Protobuf.WellKnownTypes.Value.ForBool(json.GetBoolean());
            default:
                return Google.Protobuf.WellKnownTypes.Value.ForNull();
        }
    }

    private static Value? FreeList(ref Checker check, JsonElement json, int depth)
    {
        if (IsTooDeep(ref check, depth))
            return null;
        var values = new ListValue();
        foreach (var item in json.EnumerateArray())
        {
            if (Free(ref check, item, depth + 1) is not { } value)
                return null;
            values.Values.Add(value);
        }

        return new Value { ListValue = values };
    }

    private static bool IsTooDeep(ref Checker check, int depth)
    {
        if (depth < MaxDepth)
            return false;
        check.Add(string.Empty, string.Create(CultureInfo.InvariantCulture, $"is nested more than {MaxDepth} deep"));
        return true;
    }

    private static string Wanted(FieldType type) => type switch
    {
        FieldType.String => "a text",
        FieldType.Bool => "true or false",
        FieldType.Int64 => "a whole number",
        FieldType.Bytes => "bytes in base64",
        _ => "of another type",
    };
}
