using GrafeasBridge.Store;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>Checks for drift, one loop for each target, side by side.</summary>
internal sealed class DriftWorker : BackgroundService
{
    private readonly IReadOnlyList<DriftLoop> loops;

    public DriftWorker(
        TargetRegistry registry, IBridgeStore store, DriftChecker checker, IOptions<DriftOptions> options, TimeProvider clock, ILogger<DriftWorker> logger) =>
        loops = [.. registry.All.Select(t => new DriftLoop(t, store, checker, new RateLimiterBudget(t.RateLimiter), options.Value, clock, logger))];

    /// <summary>Checks once all that is due at every target, for tests.</summary>
    /// <returns>How many checks were made in all.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var checks = await Task.WhenAll(loops.Select(loop => loop.RunOnceAsync(cancellationToken)));
        return checks.Sum();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(loops.Select(loop => loop.RunAsync(stoppingToken)));
}
