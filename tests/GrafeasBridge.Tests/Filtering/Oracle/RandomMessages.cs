using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Tests.Filtering.Oracle;

/// <summary>Occurrences of every shape over few values, so that two of them often hold the same one.</summary>
internal sealed class RandomMessages(Random random)
{
    public static readonly string[] Uris =
    [
        "https://gcr.io/alpha/app@sha256:0101", "https://gcr.io/alpha/app@sha256:0202", "https://gcr.io/alpha/app", "https://eu.gcr.io/beta/web",
        "https://gcr.io/alpha\uFFFD", "https://gcr.io/alpha\U0001F600", "https://gcr.io/alph",
    ];

    public static readonly string[] Texts =
    [
        "", "a", "ab", "abc", "b", "A", "x y", "é", "\uFFFD", "\U0001F600", "a*b", "*", "*ab", "%", "a_", "'", "\"q\"\\", "BUILD", "0", "p", "q", "builds",
        .. Uris,
    ];

    public static readonly double[] Numbers = [0, 1, -1, 2, 7.5, 3.1, 100, 4294967295];

    public static readonly string[] Keys = ["sha256", "machine", "a.b", "x y"];

    /// <summary>The first and the third are the same moment; the fourth is finer than a tick of the clock.</summary>
    public static readonly string[] Times =
    [
        "2024-01-10T10:00:00Z", "2024-01-10T10:00:00.5Z", "2024-01-10T12:00:00+02:00", "2024-01-10T10:00:00.000000001Z", "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2024-01-10T10:00:00.0000001Z",
    ];

    /// <summary>Every note that an occurrence may point at: each is of one kind, as notes are.</summary>
    public static IReadOnlyList<(string Project, string Id, NoteKind Kind)> Notes { get; } = [.. AllNotes()];

    /// <summary>A stored occurrence: named, timed to 100 ns as the server does, of the kind that its details and its note are.</summary>
    public Occurrence Next(string project, int index)
    {
        var occurrence = (Occurrence)Filled(Occurrence.Descriptor, 0);
        occurrence.Name = string.Create(CultureInfo.InvariantCulture, $"projects/{project}/occurrences/{index:d6}");
        occurrence.Kind = OccurrenceKinds.Of(occurrence);
        var note = Pick(Notes.Where(note => note.Kind == occurrence.Kind).ToArray());
        occurrence.NoteName = $"projects/{note.Project}/notes/{note.Id}";
        occurrence.ResourceUri = Pick(Uris);
        occurrence.CreateTime = Time(Pick(Times.Where(time => !time.Contains("00000001Z", StringComparison.Ordinal) && !time.Contains("999", StringComparison.Ordinal)).ToArray()));
        return occurrence;
    }

    private static IEnumerable<(string Project, string Id, NoteKind Kind)> AllNotes()
    {
        var kinds = System.Enum.GetValues<NoteKind>().Where(kind => kind is not (NoteKind.Unspecified or NoteKind.VulnerabilityAssessment)).ToArray();
        string[] ids = [.. Texts.Where(text => text.Length > 0 && !text.Contains('/', StringComparison.Ordinal))];
        return ids.SelectMany((id, i) => new[] { ("p", id, kinds[i % kinds.Length]), ("q", id, kinds[(i + 5) % kinds.Length]) });
    }

    private IMessage Filled(MessageDescriptor type, int depth)
    {
        if (type == Timestamp.Descriptor)
            return Time(Pick(Times));
        var message = type.Parser.ParseFrom([]);
        if (type.File.Package.StartsWith("google", StringComparison.Ordinal))
            return message;
        foreach (var group in type.Fields.InFieldNumberOrder().GroupBy(field => field.RealContainingOneof ?? (object)field))
        {
            var field = Pick(group.ToArray());
            // Deep messages get rarer, details do not.
            if (random.Next(group.Count() > 1 ? 10 : 3 + depth) > 2 && !(depth == 0 && group.Count() > 1))
                continue;
            Fill(message, field, depth);
        }

        return message;
    }

    private void Fill(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.FieldType == FieldType.Message && field.MessageType.FullName == Any.Descriptor.FullName)
            return; // JSON, which the oracle reads, cannot say an Any of any type.
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(message);
            for (var count = random.Next(3); count > 0; count--)
                map[Pick(Keys)] = Value(field.MessageType.FindFieldByNumber(2), depth);
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            for (var count = random.Next(3); count > 0; count--)
                list.Add(Value(field, depth));
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, depth));
        }
    }

    private object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Message when field.MessageType == Google.Protobuf.WellKnownTypes.Value.Descriptor => Google.Protobuf.WellKnownTypes.Value.ForString(Pick(Texts)),
        FieldType.Message => Filled(field.MessageType, depth + 1),
        FieldType.String => Pick(Texts),
        FieldType.Bytes => ByteString.CopyFromUtf8(Pick(Texts)),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Enum => Pick(field.EnumType.Values.ToArray()).Number,
        FieldType.Float => (float)Pick(Numbers),
        FieldType.Double => Pick(Numbers),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => (long)Pick(Numbers),
        FieldType.UInt64 or FieldType.Fixed64 => (ulong)Math.Abs(Pick(Numbers)),
        FieldType.UInt32 or FieldType.Fixed32 => (uint)Math.Abs(Pick(Numbers)),
        _ => (int)Math.Min(Pick(Numbers), int.MaxValue),
    };

    private static Timestamp Time(string text) => JsonParser.Default.Parse<Timestamp>($"\"{text}\"");

    private T Pick<T>(params IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
