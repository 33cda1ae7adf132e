using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>Registers the drift checks.</summary>
internal static class DriftServices
{
    internal static IServiceCollection AddDrift(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DriftOptions>().Bind(configuration.GetSection(DriftOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DriftOptions>, DriftOptionsValidator>();
        services.AddSingleton<IValidateOptions<DriftOptions>, DriftOptionsRules>();
        services.AddSingleton<DriftChecker>();
        services.AddSingleton<DriftWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<DriftWorker>());
        return services;
    }
}
