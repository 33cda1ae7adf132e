using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Hosting;

internal static class HostingServices
{
    public static IServiceCollection AddHosting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ListenOptions>().Bind(configuration.GetSection(ListenOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ListenOptions>, ListenOptionsValidator>();
        services.AddSingleton<IValidateOptions<ListenOptions>, ListenOptionsRules>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, Doors>();
        services.AddOptions<HostOptions>().Configure<IOptions<ListenOptions>>((host, listen) => host.ShutdownTimeout = listen.Value.StopTimeout);
        services.AddSingleton(TimeProvider.System);
        return services;
    }
}
