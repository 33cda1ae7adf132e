using GrafeasBridge.Hosting;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Support;

/// <summary>The whole service inside the test's process: real doors on free ports, real files in a folder of its own, real emulator.</summary>
public sealed class BridgeHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TemporaryFolder? folder;

    private BridgeHost(WebApplication app, TestLogs logs, TemporaryFolder? folder)
    {
        this.app = app;
        this.folder = folder;
        Logs = logs;
        string[] addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        GrpcUri = new Uri(addresses[0]);
        Channel = GrpcChannel.ForAddress(GrpcUri);
        Rest = new HttpClient { BaseAddress = new Uri(addresses[1]) };
        Emulator = new Uri(app.Services.GetService<GrafeasBridge.Delivery.Embedded.EmbeddedTarget>()?.BaseUrl ?? "http://127.0.0.1:1");
    }

    public TestLogs Logs { get; }

    public Uri GrpcUri { get; }

    public GrpcChannel Channel { get; }

    public HttpClient Rest { get; }

    /// <summary>Base address of the embedded emulator.</summary>
    public Uri Emulator { get; }

    public IServiceProvider Services => app.Services;

    /// <param name="settings">Further settings, as <c>Section:Key=value</c>.</param>
    public static Task<BridgeHost> StartAsync(params string[] settings)
    {
        var own = new TemporaryFolder();
        return StartInAsync(own.Path, own, settings);
    }

    /// <param name="adjust">Last changes to how the service is put together.</param>
    /// <param name="settings">Further settings, as <c>Section:Key=value</c>.</param>
    public static Task<BridgeHost> StartAsync(Action<WebApplicationBuilder> adjust, params string[] settings)
    {
        var own = new TemporaryFolder();
        return StartInAsync(own.Path, own, settings, adjust);
    }

    /// <summary>In a folder that outlives the host, as for a restart.</summary>
    public static Task<BridgeHost> StartInAsync(string folder, params string[] settings) => StartInAsync(folder, null, settings);

    public static string[] Settings(string folder, IEnumerable<string> settings) =>
    [
        "--Listen:Grpc=http://127.0.0.1:0",
        "--Listen:Http=http://127.0.0.1:0",
        "--Emulator:Listen=http://127.0.0.1:0",
        .. StoreUnderTest.Arguments(folder),
        $"--Emulator:Path={Path.Combine(folder, "emulator.db")}",
        .. settings.Select(setting => "--" + setting),
    ];

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Rest.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        folder?.Dispose();
        Logs.Dispose();
    }

    private static async Task<BridgeHost> StartInAsync(string folder, TemporaryFolder? owned, string[] settings, Action<WebApplicationBuilder>? adjust = null)
    {
        var logs = new TestLogs();
        var built = await Program.BuildAsync(
            Settings(folder, settings), logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(logs), adjust);
        await Startup.StartAsync(built, TestContext.Current.CancellationToken);
        return new BridgeHost(built, logs, owned);
    }
}
