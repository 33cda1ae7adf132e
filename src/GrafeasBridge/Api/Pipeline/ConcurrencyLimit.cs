using System.Globalization;
using System.Threading.RateLimiting;
using GrafeasBridge.Api.Rest;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Api.Pipeline;

/// <summary>
/// Bounds how many calls are in flight at once, over all listeners. One more is refused before its body is read, with a time to retry
/// after, so that memory is bounded whatever the number of callers, and admitted calls are served. Health and metrics are always answered.
/// </summary>
internal sealed class ConcurrencyLimit(RequestDelegate next, IOptions<ServingOptions> settings, Overload overload) : IDisposable
{
    private readonly int most = settings.Value.MaxCalls;

    private readonly ConcurrencyLimiter limiter = new(new ConcurrencyLimiterOptions { PermitLimit = settings.Value.MaxCalls, QueueLimit = 0 });

    public async Task InvokeAsync(HttpContext context)
    {
        if (TelemetryPaths.IsWatched(context.Request.Path))
        {
            await next(context);
            return;
        }

        using var lease = limiter.AttemptAcquire();
        if (lease.IsAcquired)
            await next(context);
        else
            await RefuseAsync(context);
    }

    public void Dispose() => limiter.Dispose();

    private Task RefuseAsync(HttpContext context)
    {
        overload.Refused(Overload.Calls);
        var status = Errors.Overloaded(
            string.Create(CultureInfo.InvariantCulture, $"{most} calls are in progress, as many as are allowed (Listen:MaxCalls). Try again later."));
        context.Response.Headers.RetryAfter = Errors.OverloadedDelay.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        return RestErrors.IsGrpc(context.Request)
            ? RestErrors.WriteGrpcAsync(context, status)
            : RestErrors.WriteAsync(context, StatusCodes.Status429TooManyRequests, status);
    }
}
