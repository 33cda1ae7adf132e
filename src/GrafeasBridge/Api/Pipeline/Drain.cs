using Microsoft.Extensions.Options;

namespace GrafeasBridge.Api.Pipeline;

/// <summary>
/// Runs first on a stop: readiness becomes false, and for Listen:DrainDelay everything is still served, so that proxies and
/// Kubernetes route elsewhere before a listener closes.
/// </summary>
internal sealed partial class Drain(IOptions<ServingOptions> listen, TimeProvider clock, ILogger<Drain> logger) : IHostedLifecycleService
{
    // Ticks, because many threads ask while one sets it; 0 for not yet.
    private long since;

    /// <summary>When the stop began; null before.</summary>
    public DateTimeOffset? Since => Volatile.Read(ref since) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Tells clients of HTTP/1.1 to come back on another connection, which a proxy opens elsewhere. HTTP/2 is told by the server.</summary>
    public Task TellAsync(HttpContext context, RequestDelegate next)
    {
        if (Since is not null && HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return next(context);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref since, clock.GetUtcNow().UtcTicks);
        var delay = listen.Value.DrainDelay;
        if (delay == TimeSpan.Zero)
            return;
        Log.Draining(logger, delay);
        // Whoever is in more haste ends it; what follows a stop is the same.
        await Task.Delay(delay, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(
            5001, LogLevel.Information,
            "Stopping: no longer ready, and serving for {Delay} more until proxies have noticed",
            EventName = "Draining")]
        public static partial void Draining(ILogger logger, TimeSpan delay);
    }
}
