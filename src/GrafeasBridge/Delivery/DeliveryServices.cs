using GrafeasBridge.Delivery.Drift;
using GrafeasBridge.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>Registers this room.</summary>
internal static class DeliveryServices
{
    /// <summary>
    /// Needs an <c>IBridgeStore</c> and an <c>IOccurrenceMapping</c> from the other rooms, and an <see cref="EmbeddedTarget"/>
    /// from the host when no target is configured.
    /// </summary>
    internal static IServiceCollection AddDelivery(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DeliveryOptions>().Bind(configuration.GetSection(DeliveryOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsRules>();
        services.AddOptions<TargetsOptions>().Configure(options => Bind(options, configuration)).ValidateOnStart();
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

    /// <summary>Binds one target after the other, so that each knows its key and a misspelt setting is noticed.</summary>
    private static void Bind(TargetsOptions options, IConfiguration configuration)
    {
        var known = typeof(TargetOptions).GetProperties().Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var section in configuration.GetSection(TargetsOptions.Section).GetChildren())
        {
            var target = new TargetOptions { Key = section.Path };
            section.Bind(target);
            options.Targets.Add(target);
            foreach (var unknown in section.GetChildren().Where(s => !known.Contains(s.Key)))
                options.UnknownKeys.Add(unknown.Path);
        }
    }
}
