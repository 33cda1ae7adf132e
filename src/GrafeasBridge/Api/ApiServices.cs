using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.Api.Rest;
using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Api;

/// <summary>Registration of what every service and dialect needs: gRPC, REST by transcoding, their limits, errors and pages.</summary>
internal static class ApiServices
{
    public static IServiceCollection AddApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ApiOptions>().Bind(configuration.GetSection(ApiOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>();
        services.AddOptions<ServingOptions>().Bind(configuration.GetSection(ServingOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServingOptions>, ServingOptionsValidator>();
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddSingleton<Overload>();
        // Made once: without this, an interceptor is made for each call.
        services.AddSingleton<ErrorInterceptor>();
        services.AddSingleton<RestInterceptor>();
        services.AddSingleton<BatchLimit>();
        services.AddSingleton<PageTokens>();
        services.AddSingleton<ListReader>();
        AddProtocols(services);
        return services;
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
            .Configure<IOptions<ApiOptions>>((grpc, api) => grpc.MaxReceiveMessageSize = api.Value.MaxMessageBytes);
    }
}
