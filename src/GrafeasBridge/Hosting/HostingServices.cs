using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.Delivery;
using GrafeasBridge.Store;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Hosting;

internal static class HostingServices
{
    /// <param name="emulator">Null when targets are configured.</param>
    public static IServiceCollection AddHosting(this IServiceCollection services, IConfiguration configuration, EmbeddedEmulator? emulator)
    {
        services.AddOptions<ListenOptions>().Bind(configuration.GetSection(ListenOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ListenOptions>, ListenOptionsValidator>();
        services.AddSingleton<IValidateOptions<ListenOptions>, ListenOptionsRules>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelListeners>();
        services.AddOptions<HostOptions>().Configure<IOptions<ServingOptions>>(
            (host, serving) => host.ShutdownTimeout = serving.Value.DrainDelay + serving.Value.StopTimeout);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new TargetNames([.. provider.GetRequiredService<IOptions<TargetsOptions>>().Value.Targets.Select(target => target.Name)]));
        services.AddGrpcReflection();
        if (emulator is null)
            return services;
        return services.AddHostedService(_ => emulator);
    }

    /// <summary>For exploring with grpcurl; off unless asked for.</summary>
    public static void MapReflection(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<ListenOptions>>().Value.Reflection)
            app.MapGrpcReflectionService();
    }
}
