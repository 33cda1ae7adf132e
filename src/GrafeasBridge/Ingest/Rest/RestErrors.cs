using System.Text;
using Google.Protobuf;
using Grpc.Core;

namespace GrafeasBridge.Ingest;

/// <summary>
/// Gives every refusal under the REST paths a google.rpc.Status as body, also where no service was reached: an unknown path
/// (404) and a wrong verb (405) would otherwise be answered with nothing.
/// </summary>
internal sealed class RestErrors(RequestDelegate next)
{
    private static readonly PathString[] Roots = ["/v1", "/v1beta1", "/bridge/v1"];

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(AnyTypes.Registry));

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        HttpResponse response = context.Response;
        bool answered = response.HasStarted || response.ContentType is not null || response.ContentLength > 0;
        if (answered || !IsRest(context.Request)) return;
        string path = Text.Short(context.Request.Path.Value ?? string.Empty);
        Google.Rpc.Status? status = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Errors.Status(
                StatusCode.NotFound, $"There is nothing at {context.Request.Method} {path}."),
            StatusCodes.Status405MethodNotAllowed => Errors.Status(
                StatusCode.Unimplemented, $"{path} does not take {context.Request.Method}, but {response.Headers.Allow}."),
            _ => null,
        };
        if (status is not null) await WriteAsync(context, response.StatusCode, status);
    }

    /// <summary>Ends the call with a status as JSON.</summary>
    public static Task WriteAsync(HttpContext context, int httpStatus, Google.Rpc.Status status)
    {
        byte[] body = Encoding.UTF8.GetBytes(Formatter.Format(status));
        context.Response.StatusCode = httpStatus;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static bool IsRest(HttpRequest request)
    {
        foreach (PathString root in Roots)
        {
            if (request.Path.StartsWithSegments(root, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
