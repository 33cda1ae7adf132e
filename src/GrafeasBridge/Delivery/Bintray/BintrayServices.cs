namespace GrafeasBridge.Delivery.Bintray;

/// <summary>Registers this kind of target.</summary>
internal static class BintrayServices
{
    internal static IServiceCollection AddBintray(this IServiceCollection services) => services.AddSingleton<ITargetKind, BintrayKind>();
}
