using Grafeas.V1Beta1;
using GrafeasBridge.Ingest.Adapters;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GrafeasBridge.V1Beta1;

/// <summary>Registration of this room.</summary>
internal static class V1Beta1Services
{
    public static IServiceCollection AddBeta(this IServiceCollection services)
    {
        services.AddSingleton<VersionedMessages>();
        services.Replace(ServiceDescriptor.Singleton<IVersionedMessages>(provider => provider.GetRequiredService<VersionedMessages>()));
        services.AddSingleton<INoteAdapter<Note>, V1Beta1NoteAdapter>();
        services.AddSingleton<IOccurrenceAdapter<Occurrence>, V1Beta1OccurrenceAdapter>();
        services.AddSingleton<VulnerabilitySummary>();
        // Made once: without this, a service is made for each call.
        services.AddSingleton<V1Beta1Service>();
        return services.AddSingleton<V1Beta1ProjectsService>();
    }

    public static void MapBeta(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<V1Beta1Service>();
        app.MapGrpcService<V1Beta1ProjectsService>();
    }
}
