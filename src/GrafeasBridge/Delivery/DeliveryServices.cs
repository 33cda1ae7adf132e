using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>Registers this room.</summary>
internal static class DeliveryServices
{
    /// <summary>
    /// Needs an <c>IBridgeStore</c> and an <c>IOccurrenceMapping</c> from the other rooms, and at least one <see cref="ITargetKind"/>.
    /// </summary>
    internal static IServiceCollection AddDelivery(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DeliveryOptions>().Bind(configuration.GetSection(DeliveryOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsRules>();
        services.AddSingleton<TargetKinds>();
        services.AddOptions<TargetsOptions>()
            .Configure<TargetKinds>((options, kinds) => kinds.Bind(configuration.GetSection(TargetsOptions.Section), options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TargetsOptions>, TargetRules>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<TargetRegistry>();
        services.AddSingleton<DeliveryHealthIssues>();
        services.AddSingleton<IHealthIssueSource>(provider => provider.GetRequiredService<DeliveryHealthIssues>());
        services.AddSingleton<VersionReconciler>();
        services.AddSingleton<PoisonIsolation>();
        services.AddSingleton<DeliveryWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryWorker>());
        return services.AddDrift(configuration);
    }
}
