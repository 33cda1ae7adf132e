using GrafeasBridge.Delivery;
using GrafeasBridge.Hosting;
using GrafeasBridge.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GrafeasBridge.Lab.Host;

/// <summary>
/// The real service, put together by its own program, with decorators over the store, the targets and the clock. What they do is
/// said by the section <c>Lab</c>; without it they do nothing.
/// </summary>
internal static class LabHost
{
    public static Task<int> RunAsync(string[] settings) =>
        Startup.RunAsync(() => GrafeasBridge.Program.BuildAsync(settings, Startup.LogToConsole, Decorate));

    private static void Decorate(WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(LabOptions.Section).Get<LabOptions>() ?? new LabOptions();
        if (options.CrashAt.Length > 0 && !CrashPoints.All.Contains(options.CrashAt))
            throw new InvalidDataException($"Lab:CrashAt is '{options.CrashAt}', which is no crash point; --list-crash-points lists them.");
        var services = builder.Services;
        services.AddSingleton(new Passings(options));
        if (options.ClockFile.Length > 0)
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new JumpingClock(options.ClockFile)));
        services.AddSingleton<IBridgeStore>(provider => LabStore.Around(
            MutantStore.Around(provider.ConfiguredStore(), options.Mutant),
            provider.GetRequiredService<Passings>()));
        DecorateKinds(services, options);
        services.AddHostedService<LifePoints>();
        if (options.DrainFile.Length > 0)
            services.AddHostedService(_ => new DrainFile(options.DrainFile));
    }

    /// <summary>The kinds of targets as the service has them, each target behind the laboratory's.</summary>
    private static void DecorateKinds(IServiceCollection services, LabOptions options)
    {
        foreach (var kind in services.Where(service => service.ServiceType == typeof(ITargetKind)).ToList())
        {
            services.Remove(kind);
            services.AddSingleton<ITargetKind>(provider => new LabKind(
                (ITargetKind)ActivatorUtilities.CreateInstance(provider, kind.ImplementationType!), provider.GetRequiredService<Passings>(), options));
        }
    }
}
