using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery.Embedded;

/// <summary>Registers this kind of target.</summary>
internal static class EmbeddedServices
{
    /// <param name="target">The emulator that the host has started; null when targets are configured.</param>
    internal static IServiceCollection AddEmbedded(this IServiceCollection services, EmbeddedTarget? target)
    {
        services.AddSingleton<ITargetKind, EmbeddedKind>();
        services.AddSingleton<IValidateOptions<TargetsOptions>, EmbeddedRules>();
        if (target is null)
            return services;
        services.AddSingleton(target);
        return services.PostConfigure<TargetsOptions>(options => options.Targets.Add(target.ToOptions()));
    }
}
