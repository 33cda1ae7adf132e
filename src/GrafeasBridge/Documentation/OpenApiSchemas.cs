using System.Text.Json.Nodes;
using Google.Api;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.OpenApi;

namespace GrafeasBridge.Documentation;

/// <summary>Schemas of messages as protobuf JSON writes them; each message and enum becomes a component, under its full name.</summary>
internal sealed class OpenApiSchemas(OpenApiDocument document, ProtoComments comments)
{
    /// <summary>Adds the type, and all that it needs, to the components.</summary>
    public IOpenApiSchema Of(MessageDescriptor type) =>
        (IOpenApiSchema?)WellKnown(type) ?? Reference(type.FullName, () => Fields(type, Array.Empty<string>()));

    /// <summary>A message's schema in place, without some fields.</summary>
    /// <param name="without">Names of fields that travel elsewhere.</param>
    public OpenApiSchema Fields(MessageDescriptor type, IReadOnlyCollection<string> without)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = Description(type),
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal),
            AdditionalPropertiesAllowed = false,
        };
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (!without.Contains(field.Name))
                schema.Properties[field.JsonName] = Of(field);
        }

        return schema;
    }

    /// <summary>True for messages that JSON writes as a text, such as times and masks.</summary>
    public static bool IsText(MessageDescriptor type) => WellKnown(type)?.Type == JsonSchemaType.String;

    public IOpenApiSchema Of(FieldDescriptor field)
    {
        var schema = field switch
        {
            { IsMap: true } => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Single(field.MessageType.FindFieldByNumber(2)) },
            { IsRepeated: true } => new OpenApiSchema { Type = JsonSchemaType.Array, Items = Single(field) },
            _ => Single(field),
        };
        var description = Description(field);
        var readOnly = field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior)?.Contains(FieldBehavior.OutputOnly) == true;
        var deprecated = field.GetOptions()?.Deprecated == true;
        switch (schema)
        {
            case OpenApiSchemaReference reference:
                reference.Description = description.Length > 0 ? description : null;
                if (readOnly)
                    reference.ReadOnly = true;
                if (deprecated)
                    reference.Deprecated = true;
                break;
            case OpenApiSchema own:
                own.Description = description.Length > 0 ? description : own.Description;
                own.ReadOnly = readOnly;
                own.Deprecated = deprecated;
                break;
            default:
                throw new NotSupportedException($"{schema.GetType()} is a schema of no kind that is made here");
        }

        return schema;
    }

    private IOpenApiSchema Single(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType),
        FieldType.Enum => Reference(field.EnumType.FullName, () => Names(field.EnumType)),
        _ => Scalar(field.FieldType),
    };

    private static OpenApiSchema Scalar(FieldType type) => type switch
    {
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.Bytes => new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" },
        FieldType.Double => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" },
        FieldType.Float => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "float" },
        // 64 bits travel as text, because JavaScript could not hold them.
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => new OpenApiSchema { Type = JsonSchemaType.String, Format = "int64" },
        FieldType.UInt64 or FieldType.Fixed64 => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uint64" },
        FieldType.UInt32 or FieldType.Fixed32 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" },
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        _ => new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiSchema? WellKnown(MessageDescriptor type) => type.FullName switch
    {
        "google.protobuf.Timestamp" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
        "google.protobuf.Duration" => new OpenApiSchema { Type = JsonSchemaType.String, Description = "Seconds, such as 1.5s." },
        "google.protobuf.FieldMask" => new OpenApiSchema { Type = JsonSchemaType.String, Description = "Paths of fields, separated by commas." },
        "google.protobuf.Struct" => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema() },
        "google.protobuf.ListValue" => new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema() },
        "google.protobuf.Value" => new OpenApiSchema(),
        "google.protobuf.Empty" => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalPropertiesAllowed = false },
        "google.protobuf.Any" => new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "@type" },
            Properties = new Dictionary<string, IOpenApiSchema> { ["@type"] = new OpenApiSchema { Type = JsonSchemaType.String } },
            AdditionalProperties = new OpenApiSchema(),
        },
        _ when type.File == StringValue.Descriptor.File => Scalar(type.FindFieldByNumber(1).FieldType),
        _ => null,
    };

    private OpenApiSchema Names(EnumDescriptor type) => new()
    {
        Type = JsonSchemaType.String,
        Description = Description(type),
        Enum = [.. type.Values.DistinctBy(value => value.Name).Select(value => (JsonNode)JsonValue.Create(value.Name))],
    };

    private OpenApiSchemaReference Reference(string name, Func<OpenApiSchema> make)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        if (!document.Components.Schemas.ContainsKey(name))
        {
            document.Components.Schemas[name] = new OpenApiSchema(); // holds its place, since a type may hold itself
            document.Components.Schemas[name] = make();
        }

        return new OpenApiSchemaReference(name, document);
    }

    private string Description(IDescriptor descriptor)
    {
        var text = comments.Of(descriptor);
        if (descriptor is not FieldDescriptor { RealContainingOneof: { } oneof } field || oneof.Fields.Count < 2)
            return text;
        var alone = $"Not together with {string.Join(", ", oneof.Fields.Where(other => other != field).Select(other => other.JsonName))}.";
        return text.Length == 0 ? alone : $"{text} {alone}";
    }
}
