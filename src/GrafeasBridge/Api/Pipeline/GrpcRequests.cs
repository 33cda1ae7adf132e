using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using GrafeasBridge.Api.Rest;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Api.Pipeline;

/// <summary>
/// Looks at the head of a gRPC message before the library does: a message that is too large is refused with its size, the
/// limit and the setting, where the library says only that it is too large.
/// </summary>
internal sealed class GrpcRequests(RequestDelegate next, IOptions<ApiOptions> settings)
{
    // One byte that tells compression, four bytes of length.
    private const int HeadBytes = 5;

    private const string LibrarySentence = "Received message exceeds the maximum configured message size.";

    private readonly int maxBytes = settings.Value.MaxMessageBytes;

    public async Task InvokeAsync(HttpContext context)
    {
        var unary = context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type == MethodType.Unary;
        if (!unary || Transport.Transcoding(context) is not null || !RestErrors.IsGrpc(context.Request))
        {
            await next(context);
            return;
        }

        long length;
        try
        {
            length = await LengthAsync(context.Request.BodyReader, context.RequestAborted);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            context.Abort();
            return;
        }

        if (length > maxBytes)
        {
            await RestErrors.WriteGrpcAsync(
                context, StatusCode.ResourceExhausted, $"The message has {length} bytes; at most {maxBytes} are allowed (Ingest:MaxMessageBytes). Send less at once.");
            return;
        }

        await next(context);
        Explain(context.Response);
    }

    // Only a packed message gets past the head and is found too large later, by the library.
    private void Explain(HttpResponse response)
    {
        if (response.HasStarted || response.Headers["grpc-message"] != LibrarySentence)
            return;
        response.Headers["grpc-message"] = RestErrors.GrpcText(
            $"The message unpacks to more than {maxBytes} bytes, and no more are allowed (Ingest:MaxMessageBytes). Send less at once.");
    }

    private static async Task<long> LengthAsync(PipeReader body, CancellationToken cancellationToken)
    {
        var start = await body.ReadAtLeastAsync(HeadBytes, cancellationToken);
        var length = start.Buffer.Length < HeadBytes ? 0 : Read(start.Buffer);
        body.AdvanceTo(start.Buffer.Start); // nothing is taken away
        return length;
    }

    private static long Read(ReadOnlySequence<byte> bytes)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        bytes.Slice(0, HeadBytes).CopyTo(head);
        return BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
    }
}
