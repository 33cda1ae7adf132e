using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GrafeasBridge.Mapping.Table;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>The state of a fold as it is kept: a byte for the format, then JSON, compressed. Names given by attributes are those of format 1.</summary>
/// <param name="Table">Fingerprint of the mapping table that made it.</param>
internal sealed record SavedFold(
    string Table, int MaxValues, int MaxValueLength, IReadOnlyList<SavedRow> Rows, [property: JsonPropertyName("stories")] IReadOnlyList<SavedEventGroup> Groups)
{
    private const byte Format = 1;

    /// <summary>More than any fold of sane limits holds; what is larger was not written by <see cref="ToBytes"/>.</summary>
    private const int MaxBytes = 256 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="InvalidDataException">It would be larger than can be read again.</exception>
    public byte[] ToBytes()
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(this, Json);
        if (plain.Length > MaxBytes)
            throw new InvalidDataException($"The saved state of a version would be {plain.Length} bytes; at most {MaxBytes} can be kept.");
        using var bytes = new MemoryStream();
        bytes.WriteByte(Format);
        using (var brotli = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            brotli.Write(plain);
        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">It is of a format that this program does not know, or none at all.</exception>
    public static SavedFold Read(byte[] bytes)
    {
        if (bytes is not [Format, ..])
            throw new InvalidDataException("The saved state of a version is of a format that this program does not read.");
        using var brotli = new BrotliStream(new MemoryStream(bytes, 1, bytes.Length - 1), CompressionMode.Decompress);
        var plain = new ArrayBufferWriter<byte>();
        for (int read; (read = brotli.Read(plain.GetSpan(16 << 10))) > 0;)
        {
            plain.Advance(read);
            if (plain.WrittenCount > MaxBytes)
                throw new InvalidDataException($"The saved state of a version is larger than {MaxBytes} bytes.");
        }

        try
        {
            return JsonSerializer.Deserialize<SavedFold>(plain.WrittenSpan, Json) ?? throw new InvalidDataException("The saved state of a version is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The saved state of a version cannot be read.", e);
        }
    }
}

/// <summary>What a row outside of groups has gathered.</summary>
/// <param name="Definition">Of the row that gathered it.</param>
/// <param name="Gap">Something of what was folded is missing here, since another table read it.</param>
internal sealed record SavedRow(
    string Attribute, string Definition, string Shape, bool Gap, bool TooMany, long Count,
    [property: JsonPropertyName("witnesses")] IReadOnlyList<SavedValueOrigin> Origins);

/// <param name="Value">The value; for rows that count, which of their origins it is.</param>
/// <param name="Source">The source as written: its place in the row may change.</param>
internal sealed record SavedValueOrigin(
    string Value, [property: JsonPropertyName("stamp")] SavedSortKey SortKey, string Source, string Field, Losses Losses)
{
    public ValueOrigin Restored(MappingRow row) => new(SortKey.Restored(), row.SourceOf(Source), Field, Losses);
}

/// <param name="Identity">Only where the occurrence has no name.</param>
internal sealed record SavedSortKey(long Seconds, int Nanos, string Name, string? Identity)
{
    public static SavedSortKey Of(OccurrenceSortKey key) =>
        new(key.Created.Seconds, key.Created.Nanos, key.Name, key.Identity == key.Name ? null : key.Identity);

    public OccurrenceSortKey Restored() => new(new Moment(Seconds, Nanos), Identity ?? Name, Name);
}

/// <summary>What a group has gathered.</summary>
/// <param name="Rows">Its rows; readings name them by their place here.</param>
internal sealed record SavedEventGroup(
    string Name,
    string Definition,
    IReadOnlyList<SavedGroupRow> Rows,
    [property: JsonPropertyName("tellings")] IReadOnlyList<SavedEventReport> Reports);

/// <inheritdoc cref="SavedRow"/>
internal sealed record SavedGroupRow(string Attribute, string Definition, string Shape, bool Gap);

internal sealed record SavedEventReport(
    string Item, long? Seconds, int Nanos, [property: JsonPropertyName("stamp")] SavedSortKey SortKey, IReadOnlyList<SavedRowValues> Readings);

internal sealed record SavedRowValues(int Row, IReadOnlyList<string> Values, string Source, string Field, Losses Losses);
