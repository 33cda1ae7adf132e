using System.Diagnostics.Metrics;
using System.Globalization;
using GrafeasBridge.Api.Rest;
using GrafeasBridge.Telemetry;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace GrafeasBridge.Api.Pipeline;

/// <summary>
/// Counts calls that were not served by the name of their status code, whatever refused them: server, middleware or service.
/// Probes and scrapes are not counted.
/// </summary>
internal sealed class RefusalCount(RequestDelegate next)
{
    private static readonly Counter<long> Refusals = BridgeTelemetry.Meter.CreateCounter<long>(
        "grafeasbridge.ingest.refusals", "{call}", "Calls of every service that were not served, by the name of their status code.");

    // In the order of the codes.
    private static readonly string[] Words =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (!TelemetryPaths.IsWatched(context.Request.Path))
                Count(context);
        }
    }

    private static void Count(HttpContext context)
    {
        var grpc = RestErrors.IsGrpc(context.Request);
        var code = grpc ? OfGrpc(context) : OfHttp(context.Response.StatusCode);
        if (code == StatusCode.OK && !context.Response.HasStarted && context.RequestAborted.IsCancellationRequested)
            code = StatusCode.Cancelled;
        if (code != StatusCode.OK)
            Refusals.Add(1, new KeyValuePair<string, object?>("reason", Words[(int)code]), new("transport", grpc ? "grpc" : "rest"));
    }

    private static StatusCode OfGrpc(HttpContext context)
    {
        string? sent = context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers["grpc-status"];
        sent ??= context.Response.Headers["grpc-status"];
        if (sent is null)
            return OfHttp(context.Response.StatusCode);
        return int.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code < Words.Length ? (StatusCode)code : StatusCode.Unknown;
    }

    /// <summary>The word that most refusals with this HTTP status have; the status is all that is left of it here.</summary>
    private static StatusCode OfHttp(int status) => status switch
    {
        < 400 => StatusCode.OK,
        StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        StatusCodes.Status404NotFound => StatusCode.NotFound,
        StatusCodes.Status405MethodNotAllowed or StatusCodes.Status501NotImplemented => StatusCode.Unimplemented,
        StatusCodes.Status409Conflict => StatusCode.AlreadyExists,
        StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests or StatusCodes.Status431RequestHeaderFieldsTooLarge =>
            StatusCode.ResourceExhausted,
        StatusCodes.Status499ClientClosedRequest => StatusCode.Cancelled,
        StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
        StatusCodes.Status504GatewayTimeout => StatusCode.DeadlineExceeded,
        < 500 => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };
}
