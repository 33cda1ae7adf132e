using Grafeas.V1;
using GrafeasBridge.Ingest.Adapters;
using GrafeasBridge.Ingest.Archivista;
using GrafeasBridge.Ingest.BuildReports;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>Registration of this room: grafeas.v1, Archivista's uploads and flat builds.</summary>
internal static class IngestServices
{
    internal static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IngestOptions>().Bind(configuration.GetSection(IngestOptions.Section)).ValidateOnStart();
        AddArchivista(services, configuration);

        // Made once: without this, a service is made for each call.
        services.AddSingleton<GrafeasService>();
        services.AddSingleton<ProjectsService>();
        services.AddSingleton<BuildsService>();
        services.TryAddSingleton<IVersionedMessages, V1OnlyMessages>();
        services.AddSingleton<INoteAdapter<Note>, V1NoteAdapter>();
        services.AddSingleton<IOccurrenceAdapter<Occurrence>, V1OccurrenceAdapter>();
        services.AddSingleton(typeof(NoteOperations<>));
        services.AddSingleton(typeof(OccurrenceOperations<>));
        services.AddSingleton<ProjectOperations>();
        return services.AddSingleton<Intake>();
    }

    internal static void MapIngest(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<GrafeasService>();
        app.MapGrpcService<ProjectsService>();
        app.MapGrpcService<BuildsService>();
        if (app.ServiceProvider.GetRequiredService<IOptions<ArchivistaOptions>>().Value.Enabled)
            app.ServiceProvider.GetRequiredService<ArchivistaEndpoints>().Map(app);
    }

    private static void AddArchivista(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ArchivistaOptions>().Bind(configuration.GetSection(ArchivistaOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ArchivistaOptions>, ArchivistaOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ArchivistaOptions>, ArchivistaOptionsRules>());
        services.AddSingleton<ArchivistaUploads>();
        services.AddSingleton<ArchivistaEndpoints>();
    }
}
