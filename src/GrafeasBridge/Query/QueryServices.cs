namespace GrafeasBridge.Query;

internal static class QueryServices
{
    public static IServiceCollection AddQuery(this IServiceCollection services) =>
        services.AddSingleton<VersionReports>().AddSingleton<Explainer>().AddSingleton<VersionLookup>()
            .AddSingleton<VersionComparer>().AddSingleton<TargetReports>().AddSingleton<Redelivery>()
            .AddSingleton<BridgeService>().AddSingleton<ReceiptBookService>();

    public static void MapQuery(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<BridgeService>();
        app.MapGrpcService<ReceiptBookService>();
    }
}
