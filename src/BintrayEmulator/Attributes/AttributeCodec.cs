using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BintrayEmulator.Http;

namespace BintrayEmulator.Attributes;

/// <summary>Attributes from and to the JSON of the REST API, with the service's rules on types.</summary>
internal static class AttributeCodec
{
    private const int MaxNameLength = 255;

    /// <summary>Reads a body: an array of attributes, of which the last of a name counts. Refused (400) at the first problem.</summary>
    public static IReadOnlyList<StoredAttribute> Read(JsonElement? body, EmulatorOptions limits)
    {
        if (body is not { ValueKind: JsonValueKind.Array } array)
            throw Refusals.Invalid("Attributes must be a JSON array of {\"name\", \"values\", \"type\"}");

        var byName = new Dictionary<string, StoredAttribute>(StringComparer.Ordinal);
        foreach (var element in array.EnumerateArray())
        {
            var attribute = ReadOne(element, limits.MaxValues);
            byName[attribute.Name] = attribute;
        }

        if (byName.Count > limits.MaxAttributes)
            throw TooMany(limits.MaxAttributes);

        return [.. byName.Values];
    }

    public static RefusedException TooMany(int limit) => Refusals.Invalid($"There may be at most {limit} attributes");

    /// <summary>Attributes as the service wrote them.</summary>
    /// <remarks>
    /// The service did not keep the order of values; JFrog's own test expects them swapped. They leave in reverse here, so that a client
    /// that relies on the order fails here.
    /// </remarks>
    public static JsonArray Write(IEnumerable<StoredAttribute> attributes) =>
        new([.. attributes.OrderBy(a => a.Name, StringComparer.Ordinal).Select(WriteOne)]);

    /// <summary>The form of <c>?attribute_values=1</c>: one object, name to values.</summary>
    public static JsonObject WriteByName(IEnumerable<StoredAttribute> attributes) => new(attributes
        .OrderBy(a => a.Name, StringComparer.Ordinal)
        .Select(a => KeyValuePair.Create(a.Name, (JsonNode?)Values(a))));

    private static JsonObject WriteOne(StoredAttribute attribute) => new()
    {
        ["name"] = attribute.Name,
        ["values"] = Values(attribute),
        ["type"] = StoredAttribute.Word(attribute.Type),
    };

    private static JsonArray Values(StoredAttribute attribute) => new([.. attribute.Values.Reverse().Select(attribute.ValueNode)]);

    private static StoredAttribute ReadOne(JsonElement element, int maxValues)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Refusals.Invalid("Every attribute must be an object with a name");

        var name = ReadName(element);
        var values = ReadValues(element, name, maxValues);
        var type = ReadType(element, name) ?? Infer(values, name);
        return new StoredAttribute(name, type, [.. values.Select(v => Canonical(v, type, name))]);
    }

    private static string ReadName(JsonElement element)
    {
        if (!element.TryGetProperty("name", out var property) || property.ValueKind != JsonValueKind.String)
            throw Refusals.Invalid("Every attribute must have a name");

        var name = property.GetString()!;
        if (name.Length is 0 or > MaxNameLength)
            throw Refusals.Invalid($"An attribute's name must have 1 to {MaxNameLength} characters");

        // A comma would make ?names=a,b ambiguous.
        if (name.Any(c => char.IsControl(c) || c == ','))
            throw Refusals.Invalid("An attribute's name may not hold commas or control characters");

        return name;
    }

    // A scalar and a missing or null value are taken: some clients' languages make one of the other.
    private static List<JsonElement> ReadValues(JsonElement element, string name, int maxValues)
    {
        if (!element.TryGetProperty("values", out var values) || values.ValueKind == JsonValueKind.Null)
            return [];

        var list = values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray()] : new List<JsonElement> { values };
        list.RemoveAll(v => v.ValueKind == JsonValueKind.Null);
        if (list.Count > maxValues)
            throw Refusals.Invalid($"Attribute '{name}' has {list.Count} values; there may be at most {maxValues}");

        return list;
    }

    private static AttributeType? ReadType(JsonElement element, string name)
    {
        if (!element.TryGetProperty("type", out var property) || property.ValueKind == JsonValueKind.Null)
            return null;

        // Any case: the Scala client sends String, the Java client Boolean.
        var word = property.ValueKind == JsonValueKind.String ? property.GetString()! : property.GetRawText();
        return word.ToUpperInvariant() switch
        {
            "STRING" => AttributeType.String,
            "DATE" => AttributeType.Date,
            "NUMBER" => AttributeType.Number,
            "BOOLEAN" => AttributeType.Boolean,
            "VERSION" => AttributeType.Version,
            _ => throw Refusals.Invalid($"Attribute '{name}' has an unknown type; types are string, date, number, boolean and version"),
        };
    }

    private static AttributeType Infer(List<JsonElement> values, string name)
    {
        var types = values.Select(v => v.ValueKind switch
        {
            JsonValueKind.Number => AttributeType.Number,
            JsonValueKind.True or JsonValueKind.False => AttributeType.Boolean,
            _ => AttributeType.String,
        }).Distinct().ToList();

        return types.Count switch
        {
            0 => AttributeType.String,
            1 => types[0],
            _ => throw Refusals.Invalid($"Attribute '{name}' mixes values of different types"),
        };
    }

    private static string Canonical(JsonElement value, AttributeType type, string name) => (type, value.ValueKind) switch
    {
        (AttributeType.String or AttributeType.Version, JsonValueKind.String) => value.GetString()!,
        (AttributeType.Number, JsonValueKind.Number) => Number(value.GetRawText(), name),
        (AttributeType.Boolean, JsonValueKind.True) => "true",
        (AttributeType.Boolean, JsonValueKind.False) => "false",
        (AttributeType.Date, JsonValueKind.String) when AttributeDates.TryRead(value.GetString()!, out var instant) =>
            AttributeDates.Write(instant),
        _ => throw Refusals.Invalid($"Attribute '{name}' has a value that is not a {StoredAttribute.Word(type)}"),
    };

    private static string Number(string raw, string name) =>
        double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? raw
            : throw Refusals.Invalid($"Attribute '{name}' has a number that is out of range");
}
