using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Protos;

namespace GrafeasBridge.Api.Rest;

/// <summary>
/// Reads a JSON body as protobuf JSON, strictly: an unknown or doubled field, a value of the wrong type or an unknown enum
/// name is a problem with its path, where transcoding would drop it silently or answer without a path. Writes it again in the
/// one form that transcoding takes: bytes in padded base64 (gcloud prints them URL-safe), an Any of an unknown type as a Struct.
/// </summary>
internal sealed class JsonBody
{
    private static readonly ApiOptions Defaults = new();

    private readonly Utf8JsonWriter writer;
    private readonly List<string> path = [];
    private readonly List<Problem> problems = [];
    private int uncounted;

    private JsonBody(Utf8JsonWriter writer) => this.writer = writer;

    /// <param name="field">The request's field that the body is; empty when it is the whole request.</param>
    /// <param name="limits">How deep and how much it may be; the defaults when left out.</param>
    /// <returns>The body for transcoding.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every problem.</exception>
    public static ReadOnlyMemory<byte> Normalize(ReadOnlyMemory<byte> json, MessageDescriptor type, string field, ApiOptions? limits = null)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 256);
        JsonScan.Check(json.Span, limits ?? Defaults);
        using var document = Parse(json);
        using var target = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        var body = new JsonBody(target);
        if (field.Length > 0)
            body.path.Add(field);
        body.Message(document.RootElement, type);
        if (body.problems.Count > 0)
            throw Errors.Invalid(body.problems, body.uncounted);
        target.Flush();
        return output.WrittenMemory;
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            // It has been read once already, so all that is left to be wrong is a name given twice in one object.
            throw JsonScan.Wrong($"names a field twice in one object{JsonScan.Where(e)}");
        }
    }

    private void Message(JsonElement json, MessageDescriptor type)
    {
        if (type == Any.Descriptor)
            WriteAny(json);
        else if (type == Struct.Descriptor)
            Raw(json, JsonValueKind.Object, "must be an object");
        else if (type == ListValue.Descriptor)
            Raw(json, JsonValueKind.Array, "must be a list");
        else if (type == Value.Descriptor)
            json.WriteTo(writer);
        else if (JsonScalars.TakesText(type))
            Text(json, type);
        else if (JsonScalars.Wrapped(type) is { } wrapped)
            Scalar(json, wrapped);
        else if (json.ValueKind != JsonValueKind.Object)
            Add("must be an object");
        else
            WriteFields(json, type, skipType: false);
    }

    private void WriteFields(JsonElement json, MessageDescriptor type, bool skipType)
    {
        if (!skipType)
            writer.WriteStartObject();
        var seen = new HashSet<int>();
        foreach (var property in json.EnumerateObject())
        {
            if (skipType && property.NameEquals("@type"))
                continue;
            var field = DescriptorPath.Field(type, property.Name);
            if (field is not null && property.Value.ValueKind == JsonValueKind.Null && !TakesNull(field))
                continue; // As if left out.
            path.Add(field?.Name ?? QuotedText.Shorten(property.Name));
            if (field is null)
                Add($"is no field of {type.FullName}");
            else if (!seen.Add(field.FieldNumber))
                Add("is given in both spellings");
            else if (Sibling(field, seen) is { } other)
                Add($"cannot be given together with {other}");
            else
                WriteField(property.Value, field);
            path.RemoveAt(path.Count - 1);
        }

        if (!skipType)
            writer.WriteEndObject();
    }

    private void WriteField(JsonElement json, FieldDescriptor field)
    {
        writer.WritePropertyName(field.JsonName);
        if (field.IsMap)
            WriteMap(json, field);
        else if (field.IsRepeated)
            WriteList(json, field);
        else
            WriteValue(json, field);
    }

    private void WriteMap(JsonElement json, FieldDescriptor field)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Add("must be an object");
            return;
        }

        var value = field.MessageType.FindFieldByNumber(2);
        writer.WriteStartObject();
        foreach (var property in json.EnumerateObject())
        {
            Within($"[{QuotedText.Shorten(property.Name)}]", property.Name, property.Value, value);
        }

        writer.WriteEndObject();
    }

    private void WriteList(JsonElement json, FieldDescriptor field)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            Add("must be a list");
            return;
        }

        writer.WriteStartArray();
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            Within(string.Create(CultureInfo.InvariantCulture, $"[{index++}]"), null, item, field);
        }

        writer.WriteEndArray();
    }

    private void Within(string suffix, string? key, JsonElement json, FieldDescriptor field)
    {
        var plain = path[^1];
        path[^1] = plain + suffix;
        if (key is not null)
            writer.WritePropertyName(key);
        if (json.ValueKind == JsonValueKind.Null && !TakesNull(field))
            Add("must not be null");
        else
            WriteValue(json, field);
        path[^1] = plain;
    }

    private void WriteValue(JsonElement json, FieldDescriptor field)
    {
        if (field.FieldType == FieldType.Message)
            Message(json, field.MessageType);
        else if (JsonScalars.Problem(writer, json, field) is { } problem)
            Add(problem);
    }

    private void WriteAny(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("@type", out var url)
            || url.ValueKind != JsonValueKind.String)
        {
            Add("must be an object with its type in @type");
            return;
        }

        var typeUrl = url.GetString()!;
        writer.WriteStartObject();
        if (AnyTypes.Find(typeUrl) is not { } type)
        {
            // Nobody here knows the fields of this type, but all of them can be kept.
            writer.WriteString("@type", "type.googleapis.com/google.protobuf.Struct");
            writer.WritePropertyName("value");
            json.WriteTo(writer);
        }
        else if (!JsonScalars.IsValueInAny(type))
        {
            writer.WriteString("@type", typeUrl);
            WriteFields(json, type, skipType: true);
        }
        else if (json.TryGetProperty("value", out var value) && json.EnumerateObject().Count() == 2)
        {
            writer.WriteString("@type", typeUrl);
            writer.WritePropertyName("value");
            Message(value, type);
        }
        else
        {
            Add($"must hold @type and value, and nothing else, for {type.FullName}");
        }

        writer.WriteEndObject();
    }

    private void Text(JsonElement json, MessageDescriptor type)
    {
        if (JsonScalars.TextProblem(json, type) is { } problem)
            Add(problem);
        else
            json.WriteTo(writer);
    }

    private void Scalar(JsonElement json, FieldDescriptor field)
    {
        if (JsonScalars.Problem(writer, json, field) is { } problem)
            Add(problem);
    }

    private void Raw(JsonElement json, JsonValueKind kind, string problem)
    {
        if (json.ValueKind == kind)
            json.WriteTo(writer);
        else
            Add(problem);
    }

    private void Add(string sentence)
    {
        if (problems.Count < Checker.MaxProblems)
            problems.Add(new Problem(string.Join('.', path), sentence));
        else
            uncounted++;
    }

    private static bool TakesNull(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && !field.IsRepeated && field.MessageType == Value.Descriptor;

    private static string? Sibling(FieldDescriptor field, HashSet<int> seen)
    {
        if (field.RealContainingOneof is not { } oneof)
            return null;
        foreach (var other in oneof.Fields)
        {
            if (other != field && seen.Contains(other.FieldNumber))
                return other.Name;
        }

        return null;
    }
}
