using System.Globalization;
using Google.Api;
using Google.Protobuf.Reflection;

namespace GrafeasBridge.Tests.Protos;

/// <summary>One compiled field in the words of the facts, where a map is a label and a type of its own.</summary>
internal static class CompiledField
{
    public static void Add(Schema schema, FieldDescriptor field)
    {
        var properties = schema.Add(field.FullName, "field");
        properties["number"] = field.FieldNumber.ToString(CultureInfo.InvariantCulture);
        properties["label"] = field.IsMap ? "map" : field.IsRepeated ? "repeated" : field.IsRequired ? "required" : "optional";
        properties["json_name"] = field.JsonName;
        properties["has_presence"] = field.HasPresence ? "true" : "false";
        AddType(properties, field);
        if (field.RealContainingOneof is { } oneof)
            properties["oneof"] = oneof.Name;
        AddOptions(properties, field.GetOptions());
    }

    private static void AddType(SortedDictionary<string, string> properties, FieldDescriptor field)
    {
        if (field.IsMap)
        {
            var value = field.MessageType.FindFieldByNumber(2);
            properties["type"] = "map";
            properties["map.key_type"] = TypeWord(field.MessageType.FindFieldByNumber(1));
            properties["map.value_type"] = TypeWord(value);
            if (TypeName(value) is { } valueType)
                properties["map.value_type_name"] = valueType;
            return;
        }

        properties["type"] = TypeWord(field);
        if (TypeName(field) is { } type)
            properties["type_name"] = type;
    }

    private static void AddOptions(SortedDictionary<string, string> properties, FieldOptions? options)
    {
        if (options is null)
            return;
        if (options.Deprecated)
            properties["deprecated"] = "true";
        var behaviors = options.GetExtension(FieldBehaviorExtensions.FieldBehavior) ?? [];
        FactsReader.Put(properties, "field_behavior", behaviors.Select(BehaviorWord));
        if (options.GetExtension(ResourceExtensions.ResourceReference) is not { } reference)
            return;
        if (reference.Type.Length > 0)
            properties["resource_reference.type"] = reference.Type;
        if (reference.ChildType.Length > 0)
            properties["resource_reference.child_type"] = reference.ChildType;
    }

    /// <summary>The keyword of the proto language.</summary>
    private static string TypeWord(FieldDescriptor field) => field.FieldType.ToString().ToLowerInvariant();

    private static string? TypeName(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message or FieldType.Group => field.MessageType.FullName,
        FieldType.Enum => field.EnumType.FullName,
        _ => null,
    };

    private static string BehaviorWord(FieldBehavior behavior) =>
        FieldBehaviorReflection.Descriptor.EnumTypes.Single().FindValueByNumber((int)behavior)?.Name
        ?? ((int)behavior).ToString(CultureInfo.InvariantCulture);
}
