using Microsoft.Extensions.Hosting;

namespace GrafeasBridge.Lab.Host;

/// <summary>The points of an ordinary stop: when it begins, and when all work has ended and the store is still open.</summary>
internal sealed class LifePoints(Passings passings) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => passings.PassAsync(CrashPoints.StopBegins).AsTask();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => passings.PassAsync(CrashPoints.StopEnds).AsTask();
}
