using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace GrafeasBridge.Api.Rest;

/// <summary>
/// Looks at a REST call before transcoding does: the query, the content type, the size, every field of the body. Comes after
/// routing and after the caller is known, so that no stranger's body is read.
/// </summary>
internal sealed class RestRequests(RequestDelegate next, IOptions<ApiOptions> settings)
{
    private const string Remedy = " Send less at once, or over gRPC, which is more compact.";

    private readonly ApiOptions limits = settings.Value;

    public async Task InvokeAsync(HttpContext context)
    {
        if (Transport.Transcoding(context) is not { } method)
        {
            await next(context);
            return;
        }

        if (!RestPath.Fits(context.Request.Path.Value ?? string.Empty, ((RouteEndpoint)context.GetEndpoint()!).RoutePattern))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            RestPath.CheckEncoding(context);
            RestQuery.Check(context.Request.Query, method);
            await ReadAsync(context.Request, method, context.RequestAborted);
        }
        catch (RpcException refusal)
        {
            // All that these checks say is INVALID_ARGUMENT.
            var status = refusal.GetRpcStatus() ?? Errors.Status(refusal.StatusCode, refusal.Status.Detail);
            await RestErrors.WriteAsync(context, StatusCodes.Status400BadRequest, status);
            return;
        }
        catch (BadHttpRequestException e)
        {
            await RestErrors.WriteAsync(context, e);
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
        var field = method.HttpRule.Body;
        if (field.Length == 0)
        {
            await RefuseBodyAsync(request, method, cancellationToken);
            return;
        }

        RefuseContentType(request);
        var json = await RequestBody.ReadAsync(request, limits.MaxMessageBytes, Remedy, cancellationToken);
        var root = field == "*" ? string.Empty : field;
        if (json.IsEmpty)
            throw Errors.Invalid(root, "is required: the body is empty");

        var type = field == "*"
            ? method.MethodDescriptor.InputType
            : method.MethodDescriptor.InputType.FindFieldByName(field).MessageType;
        var normal = JsonBody.Normalize(json, type, root, limits);
        request.Body = new MemoryStream(normal.ToArray(), writable: false);
        request.ContentLength = normal.Length;
    }

    // A chunked body has no length to go by, so one byte is asked for.
    private static async Task RefuseBodyAsync(HttpRequest request, GrpcJsonTranscodingMetadata method, CancellationToken cancellationToken)
    {
        var announced = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? request.ContentLength > 0;
        if (!announced)
            return;
        if (request.ContentLength > 0 || await request.Body.ReadAsync(new byte[1], cancellationToken) > 0)
            throw Errors.Invalid(string.Empty, $"{method.MethodDescriptor.Name} takes no body");
    }

    private static void RefuseContentType(HttpRequest request)
    {
        var json = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
                || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
        if (!json)
        {
            throw Errors.Invalid("content-type", $"is '{QuotedText.Shorten(request.ContentType ?? string.Empty)}'; send application/json");
        }

        if (type!.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw Errors.Invalid("content-type", $"asks for the charset '{QuotedText.Shorten(type.Charset.ToString())}'; send utf-8");
        }
    }
}
