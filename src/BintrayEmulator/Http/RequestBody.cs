using System.Text.Json;

namespace BintrayEmulator.Http;

/// <summary>
/// Reads JSON bodies the way the service's clients send them: with any Content-Type or none, with a length or chunked.
/// </summary>
internal static class RequestBody
{
    private static readonly JsonDocumentOptions Shape = new() { MaxDepth = 16 };

    /// <summary>The body as JSON, or null when it is empty. Refused (400) when it is not JSON.</summary>
    /// <remarks>The size is bounded by Kestrel, which answers 413 through <see cref="BadHttpRequestException"/>.</remarks>
    public static async Task<JsonElement?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        var bytes = WithoutByteOrderMark(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        if (bytes.Span.Trim(" \t\r\n"u8).IsEmpty)
            return null;

        try
        {
            using var document = JsonDocument.Parse(bytes, Shape);
            VisitTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw Refusals.Invalid($"The request body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
        }
        catch (InvalidOperationException)
        {
            throw Refusals.Invalid("The request body holds text that is not valid Unicode");
        }
    }

    // The parser looks at the encoding of a text only when it is asked for, so every text is asked for once, here.
    private static void VisitTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    VisitTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    VisitTexts(property.Value);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> bytes) =>
        bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
}
