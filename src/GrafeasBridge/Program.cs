using GrafeasBridge.Access;
using GrafeasBridge.Admin;
using GrafeasBridge.Api;
using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Bintray;
using GrafeasBridge.Delivery.Embedded;
using GrafeasBridge.Documentation;
using GrafeasBridge.Health;
using GrafeasBridge.Hosting;
using GrafeasBridge.Ingest;
using GrafeasBridge.Mapping;
using GrafeasBridge.Query;
using GrafeasBridge.Receipts;
using GrafeasBridge.Retention;
using GrafeasBridge.Store;
using GrafeasBridge.V1Beta1;

namespace GrafeasBridge;

/// <summary>The table of contents: settings, rooms in the order of the journey, endpoints.</summary>
internal static class Program
{
    /// <returns>0 after an ordinary stop, 1 when a setting or the store stops the start (the log says which and why).</returns>
    public static Task<int> Main(string[] args) =>
        AdminMode.IsMeant(args) ? AdminMode.RunAsync(args) : Startup.RunAsync(() => BuildAsync(args, Startup.LogToConsole));

    /// <param name="logging">Where the service and the embedded emulator log to.</param>
    /// <param name="adjust">Last changes, for tests.</param>
    internal static async Task<WebApplication> BuildAsync(
        string[] args, Action<ILoggingBuilder> logging, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory, // appsettings.json lies beside the program, wherever it is started from
        });
        var settings = builder.Configuration;
        logging(builder.Logging.ClearProviders());
        var emulator = await EmbeddedEmulator.StartIfNeededAsync(settings, logging);
        builder.Services
            .AddHosting(settings, emulator) // listeners
            .AddApi(settings)       // what every service needs
            .AddAccess(settings)    // 2, 3
            .AddIngest(settings)    // 1, 4
            .AddBeta()              // 1, 4 for grafeas.v1beta1
            .AddStore(settings)     // 5
            .AddReceipts(settings)  // 5: what the sender gets in hand
            .AddMapping(settings)   // 6
            .AddDelivery(settings)  // 7
            .AddBintray()           // a kind of target; the first is what a target is that names none
            .AddEmbedded(emulator?.Target)
            .AddQuery()             // 8
            .AddRetention(settings) // 9
            .AddHealth(settings)
            .AddDocumentation(settings);
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.UseApi();
        app.UseDocumentation();
        app.MapMetrics();
        app.MapHealth();
        app.MapIngest();
        app.MapBeta();
        app.MapQuery();
        app.MapReflection();
        return app;
    }
}
