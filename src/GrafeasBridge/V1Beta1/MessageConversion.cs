using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace GrafeasBridge.V1Beta1;

/// <summary>
/// Turns messages of one version into those of the other, as far as the other can say it. Follows <see cref="FieldPairs"/>;
/// what no table can say is in <see cref="StructuralConversion"/>.
/// </summary>
internal static class MessageConversion
{
    public static T ToV1<T>(IMessage beta)
        where T : IMessage, new()
    {
        var v1 = new T();
        Copy(beta, v1, toV1: true);
        return v1;
    }

    public static T ToV1Beta1<T>(IMessage v1)
        where T : IMessage, new()
    {
        var beta = new T();
        Copy(v1, beta, toV1: false);
        return beta;
    }

    private static void Copy(IMessage from, IMessage to, bool toV1)
    {
        var pairs = toV1
            ? FieldPairs.Of(from.Descriptor, to.Descriptor)
            : FieldPairs.Of(to.Descriptor, from.Descriptor);
        foreach (var pair in pairs)
        {
            (var source, var target) = toV1 ? (pair.Beta, pair.V1) : (pair.V1, pair.Beta);
            if (Holder(source, from) is { } holder && MessageFields.IsSet(source[^1], holder))
            {
                Put(source[^1], holder, target[^1], HolderFor(target, to), toV1);
            }
        }

        if (toV1)
            StructuralConversion.AfterToV1(from, to);
        else
            StructuralConversion.AfterToV1Beta1(from, to);
    }

    private static IMessage? Holder(FieldDescriptor[] path, IMessage message)
    {
        var holder = message;
        for (var i = 0; i < path.Length - 1 && holder is not null; i++)
            holder = (IMessage?)path[i].Accessor.GetValue(holder);
        return holder;
    }

    private static IMessage HolderFor(FieldDescriptor[] path, IMessage message)
    {
        var holder = message;
        for (var i = 0; i < path.Length - 1; i++)
        {
            var next = (IMessage?)path[i].Accessor.GetValue(holder);
            if (next is null)
                path[i].Accessor.SetValue(holder, next = MessageFields.Empty(path[i].MessageType));
            holder = next;
        }

        return holder;
    }

    private static void Put(FieldDescriptor source, IMessage from, FieldDescriptor target, IMessage to, bool toV1)
    {
        var value = source.Accessor.GetValue(from);
        if (source.IsMap)
        {
            var into = (IDictionary)target.Accessor.GetValue(to);
            var sourceValue = source.MessageType.FindFieldByNumber(2);
            var targetValue = target.MessageType.FindFieldByNumber(2);
            foreach (DictionaryEntry entry in (IDictionary)value)
                into[entry.Key] = One(entry.Value!, sourceValue, targetValue, toV1);
        }
        else if (source.IsRepeated)
        {
            var into = (IList)target.Accessor.GetValue(to);
            foreach (var item in (IList)value)
                into.Add(One(item, source, target, toV1));
        }
        else
        {
            target.Accessor.SetValue(to, One(value, source, target, toV1));
        }
    }

    private static object One(object value, FieldDescriptor source, FieldDescriptor target, bool toV1)
    {
        switch (source.FieldType, target.FieldType)
        {
            case (FieldType.Message, FieldType.Message):
                var message = (IMessage)value;
                if (source.MessageType == target.MessageType)
                    return MessageFields.Clone(message);
                var converted = MessageFields.Empty(target.MessageType);
                Copy(message, converted, toV1);
                return converted;
            case (FieldType.Enum, FieldType.Enum):
                return MessageFields.EnumValue(target, Enums.Number(MessageFields.Number(value), source.EnumType, target.EnumType));
            case (FieldType.Enum, FieldType.String):
                return Enums.Name(MessageFields.Number(value), source.EnumType);
            case (FieldType.String, FieldType.Enum):
                return MessageFields.EnumValue(target, Enums.Number((string)value, target.EnumType));
            default:
                return value; // Scalars of one type, else SetValue fails at once and a test with it.
        }
    }

    /// <summary>Enum values by name, since numbers differ between the versions.</summary>
    private static class Enums
    {
        public static int Number(int number, EnumDescriptor from, EnumDescriptor to)
        {
            if (from.FindValueByNumber(number) is { } value)
                return to.FindValueByName(value.Name)?.Number ?? 0;
            // A number that neither knows may be one that both will know, unless they differ already.
            var alike = from.Values.Count == to.Values.Count && from.Values.All(one => to.FindValueByName(one.Name)?.Number == one.Number);
            return alike ? number : 0;
        }

        /// <summary>SHA256 for SHA256; nothing for an unspecified value.</summary>
        public static string Name(int number, EnumDescriptor type) =>
            number == 0 ? string.Empty : type.FindValueByNumber(number)?.Name ?? number.ToString(CultureInfo.InvariantCulture);

        public static int Number(string name, EnumDescriptor type) =>
            type.Values.FirstOrDefault(value => string.Equals(value.Name, name, StringComparison.OrdinalIgnoreCase))?.Number ?? 0;
    }
}
