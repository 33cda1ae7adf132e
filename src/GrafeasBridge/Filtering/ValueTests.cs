using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace GrafeasBridge.Filtering;

/// <summary>A question about one value of a message. Steps lead to further values; the last of a chain compares.</summary>
internal abstract class ValueTest
{
    public abstract bool Test(object value);
}

/// <summary>Goes to a field. One that is unset and could be set has no value.</summary>
internal sealed class FieldStep(FieldDescriptor field, ValueTest next) : ValueTest
{
    private readonly IFieldAccessor accessor = field.Accessor;
    private readonly bool mayBeUnset = field.HasPresence && field.FieldType != FieldType.Message;

    public override bool Test(object value)
    {
        var message = (IMessage)value;
        if (mayBeUnset && !accessor.HasValue(message))
            return false;
        return accessor.GetValue(message) is { } inner && next.Test(inner);
    }
}

/// <summary>Asks the elements of a list until one will do.</summary>
internal sealed class ElementStep(ValueTest next) : ValueTest
{
    public override bool Test(object value)
    {
        var list = (IList)value;
        for (var i = 0; i < list.Count; i++)
        {
            if (next.Test(list[i]!))
                return true;
        }

        return false;
    }
}

/// <summary>Goes to the entry of a map.</summary>
internal sealed class KeyStep(string key, ValueTest next) : ValueTest
{
    public override bool Test(object value)
    {
        var map = (IDictionary)value;
        return map.Contains(key) && next.Test(map[key]!);
    }
}

/// <summary>Goes to a member of what JSON calls an object; of a list to that of its elements.</summary>
internal sealed class MemberStep(string key, ValueTest next) : ValueTest
{
    public override bool Test(object value) => value switch
    {
        Struct fields => fields.Fields.TryGetValue(key, out var member) && next.Test(member),
        Value { KindCase: Value.KindOneofCase.StructValue } inner => Test(inner.StructValue),
        Value { KindCase: Value.KindOneofCase.ListValue } list => AnyOf(list.ListValue),
        _ => false,
    };

    private bool AnyOf(ListValue list)
    {
        foreach (var element in list.Values)
        {
            if (Test(element))
                return true;
        }

        return false;
    }
}

/// <summary>Compares a text or one of its parts.</summary>
/// <param name="part">0 for the whole, n for the nth part between slashes; a part that is not there has no value.</param>
internal sealed class TextLeaf(TextTest test, int part) : ValueTest
{
    public override bool Test(object value)
    {
        ReadOnlySpan<char> text = (string)value;
        return (part == 0 || TextTest.TryPart(ref text, part)) && test.Test(text);
    }
}

internal sealed class EnumLeaf(int number) : ValueTest
{
    public override bool Test(object value) => (int)value == number;
}

internal sealed class BoolLeaf(bool wanted) : ValueTest
{
    public override bool Test(object value) => (bool)value == wanted;
}

/// <summary>Compares numbers: a float at its own precision, whole ones exactly. NaN is neither equal, less nor greater.</summary>
internal sealed class NumberLeaf(Comparison comparison, Number number) : ValueTest
{
    public override bool Test(object value) => value switch
    {
        int n => comparison.Holds(number.Compare(n)),
        long n => comparison.Holds(number.Compare(n)),
        uint n => comparison.Holds(number.Compare(n)),
        ulong n => comparison.Holds(number.Compare(n)),
        float n => !float.IsNaN(n) && comparison.Holds(n.CompareTo(number.Single)),
        double n => !double.IsNaN(n) && comparison.Holds(n.CompareTo(number.Real)),
        _ => throw new ArgumentException($"{value.GetType()} is no number", nameof(value)),
    };
}

internal sealed class InstantLeaf(Comparison comparison, Instant instant) : ValueTest
{
    public override bool Test(object value) => comparison.Holds(-instant.CompareTo((Timestamp)value));
}

/// <summary>True when a map, or what JSON calls an object, has the key.</summary>
internal sealed class HasKeyLeaf(string key) : ValueTest
{
    public override bool Test(object value) => value is Struct fields ? fields.Fields.ContainsKey(key) : ((IDictionary)value).Contains(key);
}

/// <summary>True for a message, and for a scalar, list or map that is not empty.</summary>
internal sealed class SetLeaf : ValueTest
{
    public static SetLeaf Instance { get; } = new();

    public override bool Test(object value) => value switch
    {
        string text => text.Length > 0,
        Value inner => IsSet(inner),
        IMessage => true,
        ByteString bytes => !bytes.IsEmpty,
        ICollection many => many.Count > 0,
        bool flag => flag,
        int n => n != 0,
        long n => n != 0,
        uint n => n != 0,
        ulong n => n != 0,
        float n => n != 0,
        double n => n != 0,
        System.Enum => (int)value != 0,
        _ => throw new ArgumentException($"{value.GetType()} is no value of a message", nameof(value)),
    };

    private static bool IsSet(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue.Length > 0,
        Value.KindOneofCase.NumberValue => value.NumberValue != 0,
        Value.KindOneofCase.BoolValue => value.BoolValue,
        Value.KindOneofCase.StructValue => value.StructValue.Fields.Count > 0,
        Value.KindOneofCase.ListValue => value.ListValue.Values.Count > 0,
        _ => false,
    };
}

/// <summary>A part of a text that is there and not empty.</summary>
internal sealed class SetPartLeaf(int part) : ValueTest
{
    public override bool Test(object value)
    {
        ReadOnlySpan<char> text = (string)value;
        return TextTest.TryPart(ref text, part) && text.Length > 0;
    }
}

/// <summary>Compares a value whose type only the message knows (google.protobuf.Value): one of another type does not match.</summary>
/// <param name="text">Asked of a text that stands alone.</param>
/// <param name="element">Asked of the texts in a list.</param>
/// <param name="key">Set for ':', which asks an object whether it has the key.</param>
internal sealed class DynamicLeaf(Comparison comparison, TextTest text, TextTest element, Number? number, bool? flag, string? key) : ValueTest
{
    public override bool Test(object value) => Test((Value)value, text);

    private bool Test(Value value, TextTest asked) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => asked.Test(value.StringValue),
        Value.KindOneofCase.NumberValue => number is { } n && Holds(value.NumberValue, n),
        Value.KindOneofCase.BoolValue => comparison == Comparison.Equal && value.BoolValue == flag,
        Value.KindOneofCase.StructValue => key is not null && value.StructValue.Fields.ContainsKey(key),
        Value.KindOneofCase.ListValue => AnyOf(value.ListValue),
        _ => false,
    };

    private bool Holds(double value, Number other) => !double.IsNaN(value) && comparison.Holds(value.CompareTo(other.Real));

    private bool AnyOf(ListValue list)
    {
        foreach (var inner in list.Values)
        {
            if (Test(inner, element))
                return true;
        }

        return false;
    }
}
