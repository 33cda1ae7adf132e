using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GrafeasBridge.Checker.Mapping;

/// <summary>
/// The protobuf bytes of a BUILD occurrence of <c>grafeas.v1</c>, from its JSON: fields in order of number, maps in order of key. It knows
/// the fields of the table below; of an occurrence with any other it says nothing.
/// </summary>
internal static class WireForm
{
    private const int Varint = 0;
    private const int Bytes = 2;

    private static readonly Message Command = new(
        Text("name", 1), Texts("env", 2), Texts("args", 3), Text("dir", 4), Text("id", 5), Texts("waitFor", 6));

    private static readonly Message Git = new(Text("url", 1), Text("revisionId", 2));

    private static readonly Message Context = new(Of("git", 3, Git), new Field("labels", 4, FieldKind.TextMap));

    private static readonly Message Source = new(
        Text("artifactStorageSourceUri", 1), Of("context", 3, Context), Several("additionalContexts", 4, Context));

    private static readonly Message Artifact = new(Text("checksum", 1), Text("id", 2), Texts("names", 3));

    private static readonly Message Provenance = new(
        Text("id", 1),
        Text("projectId", 2),
        Several("commands", 3, Command),
        Several("builtArtifacts", 4, Artifact),
        Time("createTime", 5),
        Time("startTime", 6),
        Time("endTime", 7),
        Text("creator", 8),
        Text("logsUri", 9),
        Of("sourceProvenance", 10, Source),
        Text("triggerId", 11),
        new Field("buildOptions", 12, FieldKind.TextMap),
        Text("builderVersion", 13));

    private static readonly Message Build = new(Of("provenance", 1, Provenance), Text("provenanceBytes", 2));

    // What the server owns is left out here and put in by Whole.
    private static readonly Message Occurrence = new(
        Text("resourceUri", 2), Text("noteName", 3), Text("remediation", 5), Of("build", 9, Build));

    private static readonly HashSet<string> ServerOwned = new(StringComparer.Ordinal) { "name", "kind", "createTime", "updateTime" };

    private enum FieldKind
    {
        Text,
        Texts,
        Time,
        Message,
        Messages,
        TextMap,
    }

    /// <summary>The parts of an occurrence that its sender wrote; null when there is a field that is not known here.</summary>
    public static IReadOnlyList<(int Number, byte[] Bytes)>? Parts(JsonElement occurrence)
    {
        var parts = new List<(int Number, byte[] Bytes)>();
        foreach (var property in occurrence.EnumerateObject())
        {
            if (ServerOwned.Contains(property.Name))
                continue;
            var buffer = new ArrayBufferWriter<byte>();
            if (Occurrence.Find(property.Name) is not { } field || !Write(buffer, field, property.Value))
                return null;
            parts.Add((field.Number, buffer.WrittenSpan.ToArray()));
        }

        return [.. parts.OrderBy(p => p.Number)];
    }

    /// <summary>The stored form: the sender's parts with name, kind (BUILD) and times in their places.</summary>
    public static byte[] Whole(IReadOnlyList<(int Number, byte[] Bytes)> parts, string name, Instant created)
    {
        var all = new ArrayBufferWriter<byte>();
        WriteText(all, 1, name);
        Copy(all, parts.Where(p => p.Number < 4));
        WriteTag(all, 4, Varint);
        WriteVarint(all, 2);
        Copy(all, parts.Where(p => p.Number == 5));
        WriteTime(all, 6, created);
        WriteTime(all, 7, created);
        Copy(all, parts.Where(p => p.Number > 7));
        return all.WrittenSpan.ToArray();
    }

    private static void Copy(ArrayBufferWriter<byte> to, IEnumerable<(int Number, byte[] Bytes)> parts)
    {
        foreach (var (_, bytes) in parts)
            to.Write(bytes);
    }

    private static bool Write(ArrayBufferWriter<byte> to, Field field, JsonElement value) => value.ValueKind == JsonValueKind.Null || field.Kind switch
    {
        FieldKind.Text => value.ValueKind == JsonValueKind.String && WriteIfSet(to, field.Number, value.GetString()!),
        FieldKind.Texts => Each(value, v => v.ValueKind == JsonValueKind.String && WriteText(to, field.Number, v.GetString()!)),
        FieldKind.Time => value.ValueKind == JsonValueKind.String && Instant.Parse(value.GetString()) is { } time && WriteTime(to, field.Number, time),
        FieldKind.Message => WriteMessage(to, field, value),
        FieldKind.Messages => Each(value, v => WriteMessage(to, field, v)),
        FieldKind.TextMap => WriteMap(to, field.Number, value),
        _ => false,
    };

    private static bool Each(JsonElement array, Predicate<JsonElement> write) =>
        array.ValueKind == JsonValueKind.Array && array.EnumerateArray().All(v => write(v));

    private static bool WriteIfSet(ArrayBufferWriter<byte> to, int number, string text) => text.Length == 0 || WriteText(to, number, text);

    private static bool WriteMessage(ArrayBufferWriter<byte> to, Field field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return false;
        var known = new List<(Field Field, JsonElement Value)>();
        foreach (var property in value.EnumerateObject())
        {
            if (field.Type!.Find(property.Name) is not { } inner)
                return false;
            known.Add((inner, property.Value));
        }

        var body = new ArrayBufferWriter<byte>();
        var isKnown = known.OrderBy(k => k.Field.Number).All(k => Write(body, k.Field, k.Value));
        WriteBytes(to, field.Number, body.WrittenSpan);
        return isKnown;
    }

    private static bool WriteMap(ArrayBufferWriter<byte> to, int number, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
            return false;
        foreach (var entry in value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            var body = new ArrayBufferWriter<byte>();
            WriteText(body, 1, entry.Name);
            WriteText(body, 2, entry.Value.GetString()!);
            WriteBytes(to, number, body.WrittenSpan);
        }

        return true;
    }

    private static bool WriteText(ArrayBufferWriter<byte> to, int number, string text)
    {
        WriteBytes(to, number, Encoding.UTF8.GetBytes(text));
        return true;
    }

    private static bool WriteTime(ArrayBufferWriter<byte> to, int number, Instant time)
    {
        var body = new ArrayBufferWriter<byte>();
        WriteIfNotZero(body, 1, time.Seconds);
        WriteIfNotZero(body, 2, time.Nanos);
        WriteBytes(to, number, body.WrittenSpan);
        return true;
    }

    private static void WriteIfNotZero(ArrayBufferWriter<byte> to, int number, long value)
    {
        if (value == 0)
            return;
        WriteTag(to, number, Varint);
        WriteVarint(to, (ulong)value);
    }

    private static void WriteBytes(ArrayBufferWriter<byte> to, int number, ReadOnlySpan<byte> bytes)
    {
        WriteTag(to, number, Bytes);
        WriteVarint(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    private static void WriteTag(ArrayBufferWriter<byte> to, int number, int wire) => WriteVarint(to, ((ulong)number << 3) | (uint)wire);

    private static void WriteVarint(ArrayBufferWriter<byte> to, ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            bytes[length++] = (byte)(value | 0x80);
        bytes[length++] = (byte)value;
        to.Write(bytes[..length]);
    }

    private static Field Text(string name, int number) => new(name, number, FieldKind.Text);

    private static Field Texts(string name, int number) => new(name, number, FieldKind.Texts);

    private static Field Time(string name, int number) => new(name, number, FieldKind.Time);

    private static Field Of(string name, int number, Message type) => new(name, number, FieldKind.Message, type);

    private static Field Several(string name, int number, Message type) => new(name, number, FieldKind.Messages, type);

    private sealed record Field(string Name, int Number, FieldKind Kind, Message? Type = null);

    private sealed class Message(params Field[] fields)
    {
        public Field? Find(string name) => Array.Find(fields, f => f.Name == name);
    }
}
