using Grafeas.V1Beta1;
using GrafeasBridge.Ingest.Adapters;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GrafeasBridge.Beta;

/// <summary>Registration of this room.</summary>
internal static class BetaServices
{
    public static IServiceCollection AddBeta(this IServiceCollection services)
    {
        services.AddSingleton<BetaOriginals>();
        services.Replace(ServiceDescriptor.Singleton<IOriginals>(provider => provider.GetRequiredService<BetaOriginals>()));
        services.AddSingleton<INoteForm<Note>, BetaNoteForm>();
        services.AddSingleton<IOccurrenceForm<Occurrence>, BetaOccurrenceForm>();
        services.AddSingleton<VulnerabilitySummary>();
        // Made once: without this, a service is made for each call.
        services.AddSingleton<BetaService>();
        return services.AddSingleton<BetaProjectsService>();
    }

    public static void MapBeta(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<BetaService>();
        app.MapGrpcService<BetaProjectsService>();
    }
}
