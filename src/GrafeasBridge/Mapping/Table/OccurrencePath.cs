using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Mapping.Provenance;

namespace GrafeasBridge.Mapping.Table;

/// <summary>A value in an occurrence and its whole path there, indexes and keys included.</summary>
/// <param name="Value">A text, a bool, a number, a <see cref="Timestamp"/>, bytes, or a message.</param>
internal sealed record PathValue(object Value, string Field);

/// <summary>
/// A path over the fields of an occurrence, by their proto names: <c>build.provenance.built_artifacts[*].names[*]</c>. Inside a
/// map, a Struct or an Any that holds a Struct, names are keys. Fields at their default (empty, zero, false, unspecified) are
/// not there.
/// </summary>
internal sealed class OccurrencePath
{
    private readonly IReadOnlyList<OccurrencePathStep> steps;

    internal OccurrencePath(string text, IReadOnlyList<OccurrencePathStep> steps, bool endsInMessage)
    {
        Text = text;
        this.steps = steps;
        EndsInMessage = endsInMessage;
    }

    public string Text { get; }

    /// <summary>True when what stands at the end can be asked for its presence only.</summary>
    public bool EndsInMessage { get; }

    public IEnumerable<PathValue> Read(IMessage message) => Read(message, 0, string.Empty);

    private IEnumerable<PathValue> Read(object? value, int depth, string field)
    {
        if (value is null)
            return [];
        if (depth == steps.Count)
            return Scalar(value) is { } scalar ? [new PathValue(scalar, field)] : [];

        var step = steps[depth];
        var down = depth + 1;
        return step.Kind switch
        {
            OccurrencePathStepKind.Field => Read(FieldOf((IMessage)value, step.Field!), down, Join(field, step.Name)),
            OccurrencePathStepKind.Each => Items(value).SelectMany(item => Read(item.Value, down, $"{field}[{item.Key}]")),
            OccurrencePathStepKind.Key => Read(Member(value, step.Name), down, Join(field, step.Name)),
            _ => [],
        };
    }

    private static object? FieldOf(IMessage message, FieldDescriptor field)
    {
        var value = field.Accessor.GetValue(message);
        if (field.IsRepeated || field.FieldType != FieldType.Enum)
            return value;
        return EnumName(field.EnumType, value);
    }

    private static string? EnumName(EnumDescriptor type, object value)
    {
        var number = Convert.ToInt32(value, CultureInfo.InvariantCulture);
        if (number == 0)
            return null;
        return type.FindValueByNumber(number)?.Name ?? number.ToString(CultureInfo.InvariantCulture);
    }

    // Maps have no order of their own; keys give them one.
    private static IEnumerable<(string Key, object? Value)> Items(object value)
    {
        switch (value)
        {
            case IDictionary map:
                return map.Keys.Cast<object>()
                    .Select(key => (Key: Convert.ToString(key, CultureInfo.InvariantCulture)!, Value: map[key]))
                    .OrderBy(item => item.Key, StringComparer.Ordinal);
            case IList list:
                return list.Cast<object?>().Select((item, i) => (i.ToString(CultureInfo.InvariantCulture), item));
            case Value { KindCase: Value.KindOneofCase.ListValue } dynamic:
                return Items(dynamic.ListValue.Values);
            default:
                return StructOf(value) is { } fields ? Items(fields.Fields) : [];
        }
    }

    private static object? Member(object value, string key)
    {
        if (value is IDictionary map)
            return map.Contains(key) ? map[key] : null;
        return StructOf(value) is { } fields && fields.Fields.TryGetValue(key, out var member) ? member : null;
    }

    private static Struct? StructOf(object value) => value switch
    {
        Struct fields => fields,
        Value { KindCase: Value.KindOneofCase.StructValue } dynamic => dynamic.StructValue,
        Any any => SlsaSources.StructIn(any),
        _ => null,
    };

    private static object? Scalar(object value) => value switch
    {
        string text => string.IsNullOrWhiteSpace(text) ? null : text,
        ByteString bytes => bytes.IsEmpty ? null : bytes,
        bool flag => flag ? value : null,
        int or long or uint or ulong or float or double => Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0 ? null : value,
        Value dynamic => Dynamic(dynamic),
        IMessage => value,
        _ => null,
    };

    // A value in a Struct was written down, so its false and zero are there.
    private static object? Dynamic(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => string.IsNullOrWhiteSpace(value.StringValue) ? null : value.StringValue,
        Value.KindOneofCase.NumberValue => value.NumberValue,
        Value.KindOneofCase.BoolValue => value.BoolValue,
        _ => null,
    };

    private static string Join(string field, string name) => field.Length == 0 ? name : $"{field}.{name}";
}

internal enum OccurrencePathStepKind
{
    /// <summary>Into a field of a message.</summary>
    Field,

    /// <summary>Into every item of a list, or value of a map or Struct.</summary>
    Each,

    /// <summary>Into one value of a map or Struct.</summary>
    Key,
}

internal sealed record OccurrencePathStep(OccurrencePathStepKind Kind, string Name, FieldDescriptor? Field);
