using GrafeasBridge.Delivery.Bintray;
using GrafeasBridge.Delivery.RateLimiting;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>A target with what belongs to it alone.</summary>
internal sealed record DeliveryTarget(string Name, TargetOptions Options, ITarget Api, AdaptiveRateLimiter RateLimiter);

/// <summary>Every target of this process: the configured ones, or the embedded one when none is configured.</summary>
internal sealed class TargetRegistry : IDisposable
{
    private readonly List<BintrayClient> clients = [];

    public TargetRegistry(
        IOptions<TargetsOptions> targets,
        IOptions<DeliveryOptions> delivery,
        IEnumerable<EmbeddedTarget> embedded,
        DeliveryMetrics metrics,
        TimeProvider clock,
        ILoggerFactory loggers)
    {
        var chosen = targets.Value.Targets.Count > 0 ? targets.Value.Targets : embedded.Select(e => e.ToOptions());
        foreach (var options in chosen)
        {
            var limiter = new AdaptiveRateLimiter(options, delivery.Value, clock, loggers.CreateLogger<AdaptiveRateLimiter>());
            var pipeline = new TargetPipeline(options, limiter, clock, loggers.CreateLogger<TargetPipeline>());
            var client = new BintrayClient(options, delivery.Value, pipeline, metrics, clock);
            clients.Add(client);
            var api = new BintrayTarget(options, client, loggers.CreateLogger<BintrayTarget>());
            All.Add(new DeliveryTarget(options.Name, options, api, limiter));
            metrics.Watch(limiter);
        }

        if (All.Count == 0)
        {
            throw new InvalidOperationException(
                "No target is configured and the embedded one is off; set Targets:0:Name, :BaseUrl, :Username and :ApiKeyFile.");
        }
    }

    public IList<DeliveryTarget> All { get; } = [];

    public IReadOnlyList<string> Names => [.. All.Select(t => t.Name)];

    public void Dispose()
    {
        foreach (var client in clients)
            client.Dispose();
    }
}
