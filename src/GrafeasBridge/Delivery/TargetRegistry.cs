using GrafeasBridge.Delivery.Http;
using GrafeasBridge.Delivery.RateLimiting;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>A target with what belongs to it alone.</summary>
internal sealed record DeliveryTarget(string Name, TargetOptions Options, ITarget Api, AdaptiveRateLimiter RateLimiter);

/// <summary>Every target of this process.</summary>
internal sealed class TargetRegistry : IDisposable
{
    private readonly List<TargetParts> parts = [];

    public TargetRegistry(
        IOptions<TargetsOptions> targets,
        TargetKinds kinds,
        IOptions<DeliveryOptions> delivery,
        DeliveryMetrics metrics,
        TimeProvider clock,
        ILoggerFactory loggers)
    {
        All =
        [
            .. targets.Value.Targets.Select(options =>
            {
                var limiter = new AdaptiveRateLimiter(options, delivery.Value, clock, loggers.CreateLogger<AdaptiveRateLimiter>());
                var pipeline = new TargetPipeline(options, limiter, clock, loggers.CreateLogger<TargetPipeline>());
                var own = new TargetParts(options, delivery.Value, pipeline, metrics, clock, loggers);
                parts.Add(own);
                metrics.Watch(limiter);
                return new DeliveryTarget(options.Name, options, kinds.Of(options).Create(options, own), limiter);
            }),
        ];
        if (All.Count == 0)
        {
            throw new InvalidOperationException(
                "No target is configured and the embedded one is off; set Targets:0:Name, :BaseUrl, :ApiKeyFile and what its kind needs.");
        }
    }

    public IReadOnlyList<DeliveryTarget> All { get; }

    public void Dispose()
    {
        foreach (var own in parts)
            own.Dispose();
    }
}
