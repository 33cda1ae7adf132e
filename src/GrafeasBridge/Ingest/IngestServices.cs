using Grafeas.V1;
using Grpc.AspNetCore.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Ingest;

/// <summary>Registration of this room, and of gRPC and REST for every room.</summary>
internal static class IngestServices
{
    internal static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IngestOptions>().Bind(configuration.GetSection(IngestOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IngestOptions>, IngestOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        AddArchivista(services, configuration);

        // Made once: without this, a service or an interceptor is made for each call.
        services.AddSingleton<GrafeasService>();
        services.AddSingleton<ProjectsService>();
        services.AddSingleton<BuildsService>();
        services.AddSingleton<Overload>();
        services.AddSingleton<ErrorInterceptor>();
        services.AddSingleton<RestInterceptor>();
        services.AddSingleton<INoteForm<Note>, V1NoteForm>();
        services.AddSingleton<IOccurrenceForm<Occurrence>, V1OccurrenceForm>();
        services.AddSingleton(typeof(NoteDesk<>));
        services.AddSingleton(typeof(OccurrenceDesk<>));
        services.AddSingleton<ProjectDesk>();
        services.AddSingleton<Intake>();
        services.AddSingleton<BatchLimit>();
        services.AddSingleton<PageTokens>();
        services.AddSingleton<ListReader>();
        AddProtocols(services);
        return services;
    }

    /// <summary>Maps the services of this room. <see cref="UseRestRequests"/> belongs before them.</summary>
    internal static void MapIngest(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<GrafeasService>();
        app.MapGrpcService<ProjectsService>();
        app.MapGrpcService<BuildsService>();
        if (app.ServiceProvider.GetRequiredService<IOptions<ArchivistaOptions>>().Value.Enabled)
            app.ServiceProvider.GetRequiredService<ArchivistaEndpoints>().Map(app);
    }

    /// <summary>Counts refusals of everything that comes after it.</summary>
    internal static IApplicationBuilder UseRefusalCount(this IApplicationBuilder app) => app.UseMiddleware<RefusalCount>();

    /// <summary>Gives refusals without a body one. Comes first, before routing.</summary>
    internal static IApplicationBuilder UseRestErrors(this IApplicationBuilder app) => app.UseMiddleware<RestErrors>();

    /// <summary>Looks at calls of every room before transcoding and gRPC do. Comes after routing and authentication.</summary>
    internal static IApplicationBuilder UseRestRequests(this IApplicationBuilder app) =>
        app.UseMiddleware<RestRequests>().UseMiddleware<GrpcRequests>();

    private static void AddArchivista(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ArchivistaOptions>().Bind(configuration.GetSection(ArchivistaOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ArchivistaOptions>, ArchivistaOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ArchivistaOptions>, ArchivistaOptionsRules>());
        services.AddSingleton<ArchivistaUploads>();
        services.AddSingleton<ArchivistaEndpoints>();
    }

    private static void AddProtocols(IServiceCollection services)
    {
        services
            .AddGrpc(grpc =>
            {
                grpc.EnableDetailedErrors = false;
                // Its own endpoints for unknown services would match many a REST path and hide a wrong verb; RestErrors answers instead.
                grpc.IgnoreUnknownServices = true;
                grpc.Interceptors.Add<ErrorInterceptor>();
                grpc.Interceptors.Add<RestInterceptor>();
            })
            .AddJsonTranscoding(rest =>
            {
                rest.TypeRegistry = AnyTypes.Registry;
                // As protobuf JSON is written elsewhere: no defaults, and 64-bit numbers as texts, which JavaScript can hold.
                rest.JsonSettings.IgnoreDefaultValues = true;
                rest.JsonSettings.WriteInt64sAsStrings = true;
            });

        services.AddStrictMethods();

        // Holds for what a compressed message unpacks to, so a small one cannot fill the memory.
        services.AddOptions<GrpcServiceOptions>()
            .Configure<IOptions<IngestOptions>>((grpc, ingest) => grpc.MaxReceiveMessageSize = ingest.Value.MaxMessageBytes);
    }
}
