using System.Buffers;

namespace GrafeasBridge.Ingest;

/// <summary>Reads a whole body into memory, and no more of it than is allowed.</summary>
internal static class RequestBody
{
    /// <exception cref="BadHttpRequestException">413 with the limit and, when it is known, the size.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes) throw TooLarge($"{request.ContentLength}", maxBytes);
        var buffer = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 4096) + 1);
        while (true)
        {
            int read = await request.Body.ReadAsync(buffer.GetMemory(1), cancellationToken);
            if (read == 0) return buffer.WrittenSpan.ToArray();
            buffer.Advance(read);
            if (buffer.WrittenCount > maxBytes) throw TooLarge($"more than {maxBytes}", maxBytes);
        }
    }

    private static BadHttpRequestException TooLarge(string size, int maxBytes) => new(
        $"The body has {size} bytes; at most {maxBytes} are allowed (Ingest:MaxMessageBytes).", StatusCodes.Status413PayloadTooLarge);
}
