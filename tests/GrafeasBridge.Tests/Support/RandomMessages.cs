using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace GrafeasBridge.Tests.Support;

/// <summary>Messages of any type with any of their fields set, from their descriptors; well-formed, not necessarily valid.</summary>
internal sealed class RandomMessages(int seed)
{
    private const int Deepest = 9;

    private static readonly string[] Texts = ["x", "y", "sha256", "SHA512", "RUN", "1.4.0", "a/b:c", "🙂é", "projects/p/notes/n"];

    private readonly Random random = new(seed);

    public T Next<T>()
        where T : IMessage<T>, new() => (T)Filled(new T(), 0);

    private IMessage Filled(IMessage message, int depth)
    {
        switch (message)
        {
            case Timestamp time:
                (time.Seconds, time.Nanos) = (random.Next(), random.Next(1000));
                return time;
            case Any any:
                any.MergeFrom(Any.Pack(new StringValue { Value = Text() }));
                return any;
            case Struct fields:
                fields.Fields[Text()] = Value.ForNumber(random.Next());
                return fields;
            case Value value:
                value.StringValue = Text();
                return value;
            default:
                HashSet<FieldDescriptor> chosen =
                    [.. message.Descriptor.Oneofs.Select(oneof => oneof.Fields[random.Next(oneof.Fields.Count)])];
                foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
                {
                    if (field.ContainingOneof is not null && !chosen.Contains(field))
                        continue;
                    if (depth < Deepest && random.Next(3) > 0)
                        Fill(message, field, depth);
                }

                return message;
        }
    }

    private void Fill(IMessage message, FieldDescriptor field, int depth)
    {
        var held = field.Accessor.GetValue(message);
        if (field.IsMap)
        {
            var value = field.MessageType.FindFieldByNumber(2);
            for (var i = random.Next(3); i > 0; i--)
                ((IDictionary)held)[Text()] = One(value, depth);
        }
        else if (field.IsRepeated)
        {
            for (var i = random.Next(4); i > 0; i--)
                ((IList)held).Add(One(field, depth));
        }
        else
        {
            field.Accessor.SetValue(message, One(field, depth));
        }
    }

    private object One(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => random.Next(6) == 0 ? string.Empty : Text(),
        FieldType.Bytes => ByteString.CopyFrom((byte)random.Next(256)),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Int32 => random.Next(-5, 5),
        FieldType.Int64 => random.NextInt64(-5, 5),
        FieldType.Float => random.Next(4) * 2.5f,
        FieldType.Double => random.NextDouble(),
        // At times one that nobody has given a name.
        FieldType.Enum => System.Enum.ToObject(
            field.EnumType.ClrType, random.Next(30) == 0 ? 77 : field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number),
        FieldType.Message => Filled(field.MessageType.Parser.ParseFrom(ByteString.Empty), depth + 1),
        _ => throw new InvalidOperationException($"{field.FullName} has type {field.FieldType}, of which no value is made."),
    };

    private string Text() => Texts[random.Next(Texts.Length)];
}
