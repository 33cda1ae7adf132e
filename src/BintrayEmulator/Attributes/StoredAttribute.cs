using System.Text.Json.Nodes;

namespace BintrayEmulator.Attributes;

internal enum AttributeType
{
    String,
    Date,
    Number,
    Boolean,
    Version,
}

/// <summary>
/// One attribute as it is kept. Values are text in their canonical form: numbers as they were written, booleans as true or false, dates
/// as an instant with milliseconds.
/// </summary>
internal sealed record StoredAttribute(string Name, AttributeType Type, IReadOnlyList<string> Values)
{
    /// <summary>A leading underscore hides an attribute from everybody without publish right.</summary>
    public bool IsHidden => Name.StartsWith('_');

    public static string Word(AttributeType type) => type switch
    {
        AttributeType.Date => "date",
        AttributeType.Number => "number",
        AttributeType.Boolean => "boolean",
        AttributeType.Version => "version",
        _ => "string",
    };

    public JsonNode? ValueNode(string value) => Type switch
    {
        AttributeType.Number => JsonNode.Parse(value),
        AttributeType.Boolean => JsonValue.Create(value == "true"),
        _ => JsonValue.Create(value),
    };
}
