using GrafeasBridge.Access;
using GrafeasBridge.Delivery;
using GrafeasBridge.Hosting;
using GrafeasBridge.Ingest;
using GrafeasBridge.Mapping;
using GrafeasBridge.Query;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;

namespace GrafeasBridge;

/// <summary>The table of contents: settings, rooms in the order of the journey, endpoints.</summary>
internal static class Program
{
    /// <returns>0 after an ordinary stop, 1 when a setting or the store stops the start (the log says which and why).</returns>
    public static async Task<int> Main(string[] args)
    {
        await using WebApplication app = await BuildAsync(args);
        return await Startup.RunAsync(app);
    }

    internal static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory, // appsettings.json lies beside the program, wherever it is started from
        });
        ConfigurationManager settings = builder.Configuration;
        builder.Services
            .AddHosting(settings)       // the doors
            .AddAccess(settings)        // 2, 3
            .AddIngest(settings)        // 1, 4
            .AddStore(settings)         // 5
            .AddMapping(settings)       // 6
            .AddDelivery(settings)      // 7
            .AddQuery()                 // 8
            .AddTelemetry(settings);
        adjust?.Invoke(builder);

        WebApplication app = builder.Build();
        app.UseRestErrors();
        app.UseRouting();
        app.UseAccess();
        app.MapHealth();
        app.MapIngest();
        app.MapQuery();
        return app;
    }
}
