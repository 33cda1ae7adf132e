using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace GrafeasBridge.Api;

/// <summary>
/// Finds what protobuf carries and JSON or a calendar cannot: times out of range, JSON values without a value, and members without a name. Stored,
/// they would break the answer of every later REST call, and the mapping of their version.
/// </summary>
internal static class WellFormed
{
    // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    private const long FirstSecond = -62_135_596_800;
    private const long LastSecond = 253_402_300_799;

    private static readonly FieldPlan Plan = new(field =>
        field.FieldType == FieldType.Message
        && (field.MessageType == Timestamp.Descriptor || field.MessageType == Value.Descriptor || HoldsValues(field)));

    public static void Check(ref Checker check, IMessage message)
    {
        foreach (var field in Plan.Of(message.Descriptor))
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsMap)
                CheckMap(ref check, field, (IDictionary)value!);
            else if (field.IsRepeated)
                CheckEach(ref check, field, (IList)value!);
            else if (value is IMessage child)
                CheckOne(ref check, field, child, -1, null);
        }
    }

    private static void CheckEach(ref Checker check, FieldDescriptor field, IList children)
    {
        for (var i = 0; i < children.Count; i++)
            CheckOne(ref check, field, (IMessage)children[i]!, i, null);
    }

    private static void CheckMap(ref Checker check, FieldDescriptor field, IDictionary map)
    {
        if (map.Count == 0)
            return;
        var members = field.ContainingType == Struct.Descriptor;
        foreach (DictionaryEntry entry in map)
        {
            // JSON has such members, but REST could not answer them, nor any list that they are in.
            if (members && entry.Key is "")
                check.Add(field.Name, "holds a member without a name");
            if (entry.Value is not IMessage child)
                return;
            CheckOne(ref check, field, child, -1, (string)entry.Key);
        }
    }

    private static void CheckOne(ref Checker check, FieldDescriptor field, IMessage child, int index, string? key)
    {
        if (key is not null)
            check.Enter(field.Name, key);
        else if (index >= 0)
            check.Enter(field.Name, index);
        else
            check.Enter(field.Name);
        switch (child)
        {
            case Timestamp time when time.Seconds is < FirstSecond or > LastSecond || time.Nanos is < 0 or > 999_999_999:
                check.Add(string.Empty, "is no time between the years 1 and 9999");
                break;
            case Timestamp:
                break;
            case Value { KindCase: Value.KindOneofCase.None }:
                check.Add(string.Empty, "is a JSON value without a value");
                break;
            case Value { KindCase: Value.KindOneofCase.NumberValue } number when !double.IsFinite(number.NumberValue):
                check.Add(string.Empty, "is a number that JSON does not have");
                break;
            default:
                Check(ref check, child);
                break;
        }

        check.Leave();
    }

    private static bool HoldsValues(FieldDescriptor field) =>
        field.IsMap && field.MessageType.FindFieldByNumber(2) is { FieldType: FieldType.Message } value
        && value.MessageType == Value.Descriptor;
}
