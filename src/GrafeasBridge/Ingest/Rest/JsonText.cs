using System.Text.Json;
using System.Text.Unicode;

namespace GrafeasBridge.Ingest;

/// <summary>Whether the texts of a JSON body are texts at all: JSON as such may hold bytes and escapes that are no Unicode.</summary>
internal static class JsonText
{
    /// <returns>What is wrong, as the rest of a sentence that begins with "The body"; null when all is well.</returns>
    public static string? Problem(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) return "is not UTF-8";
        // Nothing but an escape can still stand for half a character.
        return json.IndexOf("\\u"u8) >= 0 && HalfCharacter(json) is { } at ? $"has half a character in the text at byte {at + 1}" : null;
    }

    private static long? HalfCharacter(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
            }

            return null;
        }
        catch (InvalidOperationException)
        {
            return reader.TokenStartIndex;
        }
        catch (JsonException)
        {
            return null; // Broken in another way, which the parser tells better.
        }
    }
}
