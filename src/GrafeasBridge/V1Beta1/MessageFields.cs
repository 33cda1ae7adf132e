using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GrafeasBridge.V1Beta1;

/// <summary>Small steps of reflection over messages.</summary>
internal static class MessageFields
{
    /// <summary>True for a field that would be on the wire.</summary>
    public static bool IsSet(FieldDescriptor field, IMessage message)
    {
        if (!field.IsRepeated && field.HasPresence)
            return field.Accessor.HasValue(message);
        return field.Accessor.GetValue(message) switch
        {
            ICollection list => list.Count > 0,
            string text => text.Length > 0,
            ByteString bytes => !bytes.IsEmpty,
            bool flag => flag,
            float real => real != 0,
            double real => real != 0,
            System.Enum value => Number(value) != 0,
            IConvertible number => number.ToDecimal(CultureInfo.InvariantCulture) != 0,
            _ => throw new InvalidOperationException($"{field.FullName} is of a type that nobody foresaw."),
        };
    }

    public static IMessage Empty(MessageDescriptor type) => type.Parser.ParseFrom(ByteString.Empty);

    public static IMessage Clone(IMessage message) => message.Descriptor.Parser.ParseFrom(message.ToByteString());

    public static int Number(object enumValue) => Convert.ToInt32(enumValue, CultureInfo.InvariantCulture);

    public static object EnumValue(FieldDescriptor field, int number) => System.Enum.ToObject(field.EnumType.ClrType, number);
}
