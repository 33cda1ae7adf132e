using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Ingest;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Every map that an occurrence can hold, found by the schema, is put in order.</summary>
public sealed class CanonicalMapsTests
{
    public static TheoryData<string> Kinds => [.. Details().Select(member => member.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_order_of_entries_leaves_no_trace(string kind)
    {
        Occurrence[] both = [Filled(kind, ["a", "b", "c"]), Filled(kind, ["c", "a", "b"])];
        Assert.Equal(both[0], both[1]);
        foreach (var one in both)
            CanonicalMaps.Sort(one);
        Assert.Equal(both[0].ToByteString(), both[1].ToByteString());
    }

    private static Occurrence Filled(string kind, string[] keys)
    {
        var occurrence = new Occurrence();
        var field = Occurrence.Descriptor.FindFieldByName(kind);
        field.Accessor.SetValue(occurrence, New(field.MessageType, keys, depth: 0));
        return occurrence;
    }

    private static IMessage New(MessageDescriptor type, string[] keys, int depth)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        if (depth > 8 || type == Any.Descriptor)
            return message;
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            if (field.IsMap)
                Fill((IDictionary)field.Accessor.GetValue(message), field, keys, depth);
            else if (field.FieldType == FieldType.Message && field.IsRepeated)
                ((IList)field.Accessor.GetValue(message)).Add(New(field.MessageType, keys, depth + 1));
            else if (field.FieldType == FieldType.Message)
                field.Accessor.SetValue(message, New(field.MessageType, keys, depth + 1));
        }

        return message;
    }

    private static void Fill(IDictionary map, FieldDescriptor field, string[] keys, int depth)
    {
        var value = field.MessageType.FindFieldByNumber(2);
        foreach (var key in keys)
        {
            map.Add(key, value.FieldType == FieldType.Message ? New(value.MessageType, keys, depth + 3) : key);
        }
    }

    private static IEnumerable<FieldDescriptor> Details() => Occurrence.Descriptor.Oneofs.Single(oneof => oneof.Name == "details").Fields;
}
