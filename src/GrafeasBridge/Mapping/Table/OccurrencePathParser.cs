using System.Buffers;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;

namespace GrafeasBridge.Mapping.Table;

/// <summary>Reads paths and checks them against the schema, so that a wrong one is found at start.</summary>
internal sealed class OccurrencePathParser
{
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("[]*{}() ");

    private readonly string text;
    private readonly List<OccurrencePathStep> steps = [];
    private MessageDescriptor? message = Occurrence.Descriptor;
    private FieldDescriptor? repeated;
    private bool dynamic;

    private OccurrencePathParser(string text) => this.text = text;

    /// <exception cref="FormatException">With a sentence on what is wrong.</exception>
    public static OccurrencePath Parse(string text)
    {
        var parser = new OccurrencePathParser(text);
        foreach (var segment in Segments(text))
            parser.Step(segment);
        return parser.End();
    }

    private static IEnumerable<string> Segments(string text)
    {
        foreach (var part in text.Split('.'))
        {
            var name = part;
            var each = 0;
            while (name.EndsWith("[*]", StringComparison.Ordinal))
            {
                name = name[..^3];
                each++;
            }

            if (name.Length == 0 || name.AsSpan().ContainsAny(NotInNames))
                throw new FormatException($"'{part}' is no part of a path; write field names with dots, and [*] behind a repeated field");
            yield return name;
            for (; each > 0; each--)
                yield return "[*]";
        }
    }

    private void Step(string segment)
    {
        if (segment == "[*]")
            Each();
        else if (dynamic)
            steps.Add(new OccurrencePathStep(OccurrencePathStepKind.Key, segment, null));
        else if (repeated is not null)
            Key(segment);
        else
            Field(segment);
    }

    private void Field(string name)
    {
        if (message is null)
            throw new FormatException($"'{name}' goes on behind a field that is not a message");
        var field = message.FindFieldByName(name)
            ?? throw new FormatException($"'{name}' is no field of {message.FullName}; it has {FieldNames(message)}");
        steps.Add(new OccurrencePathStep(OccurrencePathStepKind.Field, name, field));
        if (field.IsRepeated)
            repeated = field;
        else
            Enter(field);
    }

    private static string FieldNames(MessageDescriptor type) => string.Join(", ", type.Fields.InDeclarationOrder().Select(f => f.Name));

    private void Each()
    {
        if (!dynamic && repeated is null)
            throw new FormatException("[*] stands behind something that is not repeated");
        steps.Add(new OccurrencePathStep(OccurrencePathStepKind.Each, "*", null));
        if (repeated is not null)
            Enter(ItemOf(repeated));
    }

    private void Key(string key)
    {
        if (!repeated!.IsMap)
            throw new FormatException($"{repeated.Name} is repeated: write {repeated.Name}[*]");
        if (repeated.MessageType.FindFieldByNumber(1).FieldType != FieldType.String)
            throw new FormatException($"{repeated.Name} has keys that are not texts");
        steps.Add(new OccurrencePathStep(OccurrencePathStepKind.Key, key, null));
        Enter(ItemOf(repeated));
    }

    private static FieldDescriptor ItemOf(FieldDescriptor field) => field.IsMap ? field.MessageType.FindFieldByNumber(2) : field;

    private void Enter(FieldDescriptor field)
    {
        repeated = null;
        message = field.FieldType == FieldType.Message ? field.MessageType : null;
        dynamic = message is not null && IsDynamic(message);
        if (field.FieldType == FieldType.Enum && field.IsRepeated)
            throw new FormatException($"{field.Name} is a repeated enumeration, which paths do not read");
    }

    private OccurrencePath End()
    {
        if (repeated is not null)
            throw new FormatException($"{repeated.Name} is repeated: write {repeated.Name}[*]");
        var endsInMessage = message is not null && message.FullName != Timestamp.Descriptor.FullName && !EndsInDynamicValue();
        return new OccurrencePath(text, steps, endsInMessage);
    }

    // What stands behind a key is only known when a message is read.
    private bool EndsInDynamicValue() =>
        dynamic && (steps[^1].Kind != OccurrencePathStepKind.Field || message!.FullName == Value.Descriptor.FullName);

    private static bool IsDynamic(MessageDescriptor type) =>
        Array.Exists([Struct.Descriptor, Value.Descriptor, Any.Descriptor], known => known.FullName == type.FullName);
}
