using System.Buffers;
using System.Text.Json;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.Bintray;

/// <summary>The JSON of a Bintray-shaped endpoint, both ways.</summary>
internal static class BintrayCodec
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 16 };

    /// <summary>A bare array of attributes; always with their type, and always with an array of values.</summary>
    public static byte[] Attributes(IReadOnlyList<MappedAttribute> attributes) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var attribute in attributes)
        {
            json.WriteStartObject();
            json.WriteString("name", attribute.Name);
            json.WriteStartArray("values");
            foreach (var value in attribute.Values)
                WriteValue(json, attribute.Type, value);
            json.WriteEndArray();
            json.WriteString("type", TypeName(attribute.Type));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <exception cref="FormatException">When it is not an array of attributes.</exception>
    public static IReadOnlyList<CarriedAttribute> ReadAttributes(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Reading);
            return [.. document.RootElement.EnumerateArray().Select(Read)];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("not an array of attributes", fault);
        }
    }

    public static byte[] Version(string name) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteEndObject();
    });

    public static byte[] Package(string name, IEnumerable<string> licenses, string vcsUrl) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("licenses");
        foreach (var license in licenses)
            json.WriteStringValue(license);
        json.WriteEndArray();
        if (vcsUrl.Length > 0)
            json.WriteString("vcs_url", vcsUrl);
        json.WriteEndObject();
    });

    public static byte[] Repository(string name, string type) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("type", type);
        json.WriteEndObject();
    });

    private static string TypeName(AttributeType type) => type switch
    {
        AttributeType.String => "string",
        AttributeType.Number => "number",
        AttributeType.Boolean => "boolean",
        AttributeType.Date => "date",
        AttributeType.Version => "version",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such type"),
    };

    private static void WriteValue(Utf8JsonWriter json, AttributeType type, string value)
    {
        if (type == AttributeType.Number)
            json.WriteRawValue(value); // checked by the writer; keeps every digit
        else if (type == AttributeType.Boolean)
            json.WriteBooleanValue(bool.Parse(value));
        else
            json.WriteStringValue(value);
    }

    private static CarriedAttribute Read(JsonElement attribute)
    {
        var name = attribute.GetProperty("name").GetString() ?? throw new FormatException("an attribute has no name");
        JsonElement[] values = !attribute.TryGetProperty("values", out var given) || given.ValueKind == JsonValueKind.Null ? []
            : given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray().Where(v => v.ValueKind != JsonValueKind.Null)]
            : [given];
        var type = attribute.TryGetProperty("type", out var named) && named.ValueKind == JsonValueKind.String
            ? Known(named.GetString())
            : Inferred(values);
        return new CarriedAttribute(name, type, [.. values.Select(AsText)]);
    }

    private static string AsText(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    // Types come in any case: clients of the real service sent Boolean and STRING.
    private static AttributeType? Known(string? type) => type?.ToUpperInvariant() switch
    {
        "STRING" => AttributeType.String,
        "NUMBER" => AttributeType.Number,
        "BOOLEAN" => AttributeType.Boolean,
        "DATE" => AttributeType.Date,
        "VERSION" => AttributeType.Version,
        _ => null,
    };

    // A missing type is what the values are, and text if in doubt.
    private static AttributeType Inferred(JsonElement[] values) =>
        values.Length == 0 ? AttributeType.String
        : Array.TrueForAll(values, v => v.ValueKind == JsonValueKind.Number) ? AttributeType.Number
        : Array.TrueForAll(values, v => v.ValueKind is JsonValueKind.True or JsonValueKind.False) ? AttributeType.Boolean
        : AttributeType.String;

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            content(json);
        return buffer.WrittenSpan.ToArray();
    }
}
