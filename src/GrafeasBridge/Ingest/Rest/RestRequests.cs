using System.Buffers;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace GrafeasBridge.Ingest;

/// <summary>
/// Looks at a REST call before transcoding does: the query, the content type, the size, every field of the body. Comes after
/// routing and after the caller is known, so that no stranger's body is read.
/// </summary>
internal sealed class RestRequests(RequestDelegate next, IOptions<IngestOptions> settings)
{
    private readonly int maxBytes = settings.Value.MaxMessageBytes;

    public async Task InvokeAsync(HttpContext context)
    {
        if (Transport.Transcoding(context) is not { } method)
        {
            await next(context);
            return;
        }

        try
        {
            RestQuery.Check(context.Request.Query, method);
            await ReadAsync(context.Request, method, context.RequestAborted);
        }
        catch (RpcException refusal)
        {
            // All that these checks say is INVALID_ARGUMENT.
            Google.Rpc.Status status = refusal.GetRpcStatus() ?? Errors.Status(refusal.StatusCode, refusal.Status.Detail);
            await RestErrors.WriteAsync(context, StatusCodes.Status400BadRequest, status);
            return;
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, e);
            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        await next(context);
    }

    private async Task ReadAsync(HttpRequest request, GrpcJsonTranscodingMetadata method, CancellationToken cancellationToken)
    {
        string field = method.HttpRule.Body;
        if (field.Length == 0)
        {
            if (request.ContentLength > 0) throw Errors.Invalid(string.Empty, $"{method.MethodDescriptor.Name} takes no body");
            return;
        }

        RefuseContentType(request);
        ReadOnlyMemory<byte> json = await ReadBytesAsync(request, cancellationToken);
        string root = field == "*" ? string.Empty : field;
        if (json.IsEmpty) throw Errors.Invalid(root, "is required: the body is empty");

        MessageDescriptor type = field == "*"
            ? method.MethodDescriptor.InputType
            : method.MethodDescriptor.InputType.FindFieldByName(field).MessageType;
        ReadOnlyMemory<byte> normal = JsonBody.Normalize(json, type, root);
        request.Body = new MemoryStream(normal.ToArray(), writable: false);
        request.ContentLength = normal.Length;
    }

    private static void RefuseContentType(HttpRequest request)
    {
        bool json = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
        if (!json)
        {
            throw Errors.Invalid("content-type", $"is '{Text.Short(request.ContentType ?? string.Empty)}'; send application/json");
        }

        if (type!.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw Errors.Invalid("content-type", $"asks for the charset '{Text.Short(type.Charset.ToString())}'; send utf-8");
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes) throw TooLarge();
        var buffer = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 4096) + 1);
        while (true)
        {
            int read = await request.Body.ReadAsync(buffer.GetMemory(1), cancellationToken);
            if (read == 0) return buffer.WrittenMemory;
            buffer.Advance(read);
            if (buffer.WrittenCount > maxBytes) throw TooLarge();
        }
    }

    private BadHttpRequestException TooLarge() => new(
        $"The body is larger than {maxBytes} bytes (Ingest:MaxMessageBytes). Send less at once, or over gRPC, which is more compact.",
        StatusCodes.Status413PayloadTooLarge);

    // What the server itself found wrong with the request: too large, too slow, cut off.
    private static Task RefuseAsync(HttpContext context, BadHttpRequestException failure)
    {
        bool tooLarge = failure.StatusCode == StatusCodes.Status413PayloadTooLarge;
        StatusCode code = tooLarge ? StatusCode.ResourceExhausted : StatusCode.InvalidArgument;
        return RestErrors.WriteAsync(context, failure.StatusCode, Errors.Status(code, failure.Message));
    }
}
