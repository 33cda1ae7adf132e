using BintrayEmulator;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Embedded;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Hosting;

/// <summary>
/// The Bintray emulator inside this process: the target while none is configured, so that the main job runs with nothing else
/// installed. It has a port and a file of its own, and its key is made here and never leaves the process.
/// </summary>
internal sealed class EmbeddedEmulator : IHostedService, IAsyncDisposable
{
    private const string User = "bridge";
    private readonly WebApplication emulator;

    private EmbeddedEmulator(WebApplication emulator, EmbeddedTarget target)
    {
        this.emulator = emulator;
        Target = target;
    }

    public EmbeddedTarget Target { get; }

    /// <summary>Starts it before the rooms are put together, because the target's address must be known by then.</summary>
    /// <returns>Null when a target is configured.</returns>
    /// <exception cref="OptionsValidationException">A setting of the section Emulator is wrong.</exception>
    public static async Task<EmbeddedEmulator?> StartIfNeededAsync(IConfiguration configuration, Action<ILoggingBuilder> logging)
    {
        if (configuration.GetSection(TargetsOptions.Section).GetChildren().Any())
            return null;
        var options = new EmulatorOptions();
        configuration.GetSection(EmulatorOptions.Section).Bind(options);
        var key = EmulatorHost.NewApiKey();
        options.Users[User] = new EmulatorUser { ApiKey = key };
        var app = EmulatorHost.Build(options, TimeProvider.System, logging);
        await app.StartAsync();
        return new EmbeddedEmulator(app, new EmbeddedTarget(app.Urls.First(), User, new Secret(key)));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Registered first, so it is stopped last: deliveries in flight can still finish.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => emulator.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => emulator.DisposeAsync();
}
