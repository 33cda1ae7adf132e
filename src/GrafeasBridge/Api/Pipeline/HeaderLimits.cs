using System.Globalization;
using GrafeasBridge.Api.Rest;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Api.Pipeline;

/// <summary>
/// Refuses a request line, headers, or a number of headers over their limits, and says so. The server's own limits lie above
/// and end with a bare 414 or 431, which no caller could act upon.
/// </summary>
internal sealed class HeaderLimits(RequestDelegate next, IOptions<ServingOptions> settings)
{
    /// <summary>How far above the limits the server still reads, so that there is something to answer.</summary>
    public const int Grace = 4;

    private readonly ServingOptions limits = settings.Value;

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.Count > limits.MaxHeaders)
            return RefuseAsync(context, $"The request has {headers.Count} headers; at most {limits.MaxHeaders} are allowed (Listen:MaxHeaders).");
        long bytes = context.Request.Path.Value!.Length + (context.Request.QueryString.Value?.Length ?? 0);
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                bytes += name.Length + (value?.Length ?? 0);
        }

        return bytes <= limits.MaxHeaderBytes
            ? next(context)
            : RefuseAsync(context, string.Create(
                CultureInfo.InvariantCulture,
                $"The address and headers of the request have {bytes} bytes; at most {limits.MaxHeaderBytes} are allowed (Listen:MaxHeaderBytes)."));
    }

    private static Task RefuseAsync(HttpContext context, string sentence) => RestErrors.RefuseAsync(
        context, StatusCodes.Status431RequestHeaderFieldsTooLarge, Errors.Status(StatusCode.ResourceExhausted, sentence));
}
