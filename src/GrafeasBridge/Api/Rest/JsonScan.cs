using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace GrafeasBridge.Api.Rest;

/// <summary>
/// Reads a body once from end to end before anything is made of it: is it JSON, in UTF-8, within the limits of depth and size?
/// </summary>
internal static class JsonScan
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with the first thing that is wrong.</exception>
    public static void Check(ReadOnlySpan<byte> json, ApiOptions limits)
    {
        if (json.StartsWith(ByteOrderMark))
            throw Wrong("begins with a byte order mark; send plain UTF-8 without one");
        if (!Utf8.IsValid(json))
            throw Wrong($"is not UTF-8 (byte {FirstWrongByte(json) + 1})");
        (var depth, var values) = Measure(json);
        if (depth > limits.MaxJsonDepth)
            throw Wrong($"nests {depth} levels deep; at most {limits.MaxJsonDepth} are allowed (Ingest:MaxJsonDepth)");
        if (values > limits.MaxJsonValues)
            throw Wrong($"holds {values} values; at most {limits.MaxJsonValues} are allowed (Ingest:MaxJsonValues). Send less at once");
    }

    private static (int Depth, int Values) Measure(ReadOnlySpan<byte> json)
    {
        var depth = 0;
        var values = 0;
        // How deep it is must be known to be told, so the reader's own limit is none.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = json.Length + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    depth = Math.Max(depth, reader.CurrentDepth + 1);
                if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray))
                    values++;
                if (reader.ValueIsEscaped)
                    RefuseHalfCharacters(ref reader);
            }
        }
        catch (JsonException e)
        {
            throw Wrong($"is not JSON{Where(e)}");
        }

        return (depth, values);
    }

    /// <summary>Where the reader stopped, for people: lines and bytes from 1.</summary>
    public static string Where(JsonException e) => e.LineNumber is { } line
        ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {e.BytePositionInLine + 1})")
        : string.Empty;

    public static Grpc.Core.RpcException Wrong(string what) => Errors.Invalid(string.Empty, "The body " + what);

    // \ud800 alone is allowed by JSON's grammar, but it is half a character, and no text that anything could keep.
    private static void RefuseHalfCharacters(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
        }
        catch (InvalidOperationException)
        {
            throw Wrong($"holds half a character, a lone surrogate such as \\ud800 (byte {reader.TokenStartIndex + 1})");
        }
    }

    private static int FirstWrongByte(ReadOnlySpan<byte> json)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(json[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }
}
