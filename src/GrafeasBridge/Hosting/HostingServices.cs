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
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, Doors>();
        services.AddOptions<HostOptions>().Configure<IOptions<ListenOptions>>((host, listen) => host.ShutdownTimeout = listen.Value.DrainDelay + listen.Value.StopTimeout);
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new TargetNames([.. provider.GetRequiredService<IOptions<TargetsOptions>>().Value.Targets.Select(target => target.Name)]));
        services.AddGrpcReflection();
        if (emulator is null)
            return services;
        return services.AddHostedService(_ => emulator);
    }

    /// <summary>Refuses calls beyond the number that is allowed at once.</summary>
    public static IApplicationBuilder UseCallsInHand(this IApplicationBuilder app) => app.UseMiddleware<CallsInHand>();

    /// <summary>Sends callers elsewhere while the service stops.</summary>
    public static IApplicationBuilder UseDrain(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        return app.Use(next => context => drain.TellAsync(context, next));
    }

    /// <summary>Refuses oversized heads of requests. Comes first of all.</summary>
    public static IApplicationBuilder UseHeaderLimits(this IApplicationBuilder app) => app.UseMiddleware<HeaderLimits>();

    /// <summary>For exploring with grpcurl; off unless asked for.</summary>
    public static void MapReflection(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<ListenOptions>>().Value.Reflection)
            app.MapGrpcReflectionService();
    }
}
