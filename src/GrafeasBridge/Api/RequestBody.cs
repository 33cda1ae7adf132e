using System.Buffers;

namespace GrafeasBridge.Api;

/// <summary>Reads a whole body into memory, and no more of it than is allowed.</summary>
internal static class RequestBody
{
    /// <param name="maxBytes">See Ingest:MaxMessageBytes.</param>
    /// <param name="remedy">Ends the refusal, after a space; may be empty.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the body is packed.</exception>
    /// <exception cref="BadHttpRequestException">413 with the limit and, when it is known, the size.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int maxBytes, string remedy, CancellationToken cancellationToken)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw Errors.Invalid("content-encoding", $"is '{QuotedText.Shorten(encoding)}'; send the body as it is");
        if (request.ContentLength > maxBytes)
            throw TooLarge($"{request.ContentLength}", maxBytes, remedy);
        var buffer = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 4096) + 1);
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.GetMemory(1), cancellationToken);
            if (read == 0)
                return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > maxBytes)
                throw TooLarge($"more than {maxBytes}", maxBytes, remedy);
        }
    }

    private static BadHttpRequestException TooLarge(string size, int maxBytes, string remedy) => new(
        $"The body has {size} bytes; at most {maxBytes} are allowed (Ingest:MaxMessageBytes).{remedy}", StatusCodes.Status413PayloadTooLarge);
}
