namespace GrafeasBridge.Query;

internal static class QueryServices
{
    public static IServiceCollection AddQuery(this IServiceCollection services) =>
        services.AddSingleton<VersionReports>().AddSingleton<Explainer>().AddSingleton<BridgeService>();

    public static void MapQuery(this IEndpointRouteBuilder app) => app.MapGrpcService<BridgeService>();
}
