using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Input;

/// <summary>Messages from and to the JSON that the REST interface speaks.</summary>
internal static class ProtoJson
{
    /// <summary>What an Any may hold: the messages of the schema, and the well-known ones.</summary>
    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(
        GrafeasReflection.Descriptor,
        BridgeReflection.Descriptor,
        StructReflection.Descriptor,
        WrappersReflection.Descriptor,
        DurationReflection.Descriptor);

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithTypeRegistry(Types));

    private static readonly JsonParser Tolerant = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private static readonly JsonFormatter Plain = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types));

    private static readonly JsonFormatter Complete = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types).WithFormatDefaultValues(true));

    /// <exception cref="InvalidProtocolBufferException">An unknown field or a value of the wrong kind; the message says which.</exception>
    public static T Parse<T>(string json)
        where T : IMessage<T>, new() => Parser.Parse<T>(json);

    /// <summary>For JSON that others may have added to.</summary>
    /// <exception cref="InvalidProtocolBufferException">A value of the wrong kind; the message says which.</exception>
    public static T ParseTolerant<T>(string json)
        where T : IMessage<T>, new() => Tolerant.Parse<T>(json);

    /// <summary>One line, fields that are set.</summary>
    public static string Format(IMessage message) => Plain.Format(message);

    /// <summary>One line with unset scalars too, so that scripts always find the field.</summary>
    public static string FormatComplete(IMessage message) => Complete.Format(message);
}
