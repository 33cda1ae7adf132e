using System.Net;
using System.Text.Encodings.Web;
using Grafeas.V1.Project;
using Grafeas.V1Beta1;
using GrafeasBridge.Access;
using GrafeasBridge.Api;
using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.V1Beta1;
using GrafeasBridge.Ingest;
using GrafeasBridge.Mapping;
using GrafeasBridge.Receipts;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Service = Grafeas.V1.Grafeas;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>
/// The services of this room on real sockets, over the real store in a folder of its own. Who calls is said by the header
/// <c>x-test-caller</c>, in the form <c>send,read@p1,p2</c>; without it, everything is allowed.
/// </summary>
internal sealed class IngestHost : IAsyncDisposable
{
    public const string CallerHeader = "x-test-caller";

    private readonly WebApplication app;
    private readonly DirectoryInfo folder;
    private readonly GrpcChannel channel;

    private IngestHost(WebApplication app, DirectoryInfo folder, TestLogs logs)
    {
        this.app = app;
        this.folder = folder;
        Logs = logs;
        Uri[] addresses = [.. Addresses().Select(address => new Uri(address))];
        channel = GrpcChannel.ForAddress(addresses[0], new GrpcChannelOptions { MaxReceiveMessageSize = 64 << 20 });
        Grafeas = new Service.GrafeasClient(channel);
        Projects = new Projects.ProjectsClient(channel);
        Beta = new GrafeasV1Beta1.GrafeasV1Beta1Client(channel);
        Rest = new HttpClient { BaseAddress = addresses[1] };
    }

    public TestLogs Logs { get; }

    public GrpcChannel Channel => channel;

    public Service.GrafeasClient Grafeas { get; }

    public Projects.ProjectsClient Projects { get; }

    public GrafeasV1Beta1.GrafeasV1Beta1Client Beta { get; }

    public HttpClient Rest { get; }

    public IServiceProvider Services => app.Services;

    /// <param name="settings">Configuration such as <c>Ingest:RefuseUnmapped=true</c>.</param>
    /// <param name="adjust">Replaces services.</param>
    public static async Task<IngestHost> StartAsync(
        CancellationToken cancellationToken, IEnumerable<string>? settings = null, Action<IServiceCollection>? adjust = null)
    {
        var data = Directory.CreateTempSubdirectory("ingest-");
        var logs = new TestLogs();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Information);
        builder.Configuration.AddInMemoryCollection(
            [.. StoreUnderTest.Settings(data.FullName), .. (settings ?? []).Select(Pair)]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(new TargetNames(["test"]));
        builder.Services.AddApi(builder.Configuration).AddAccess(builder.Configuration).AddIngest(builder.Configuration).AddBeta().AddStore(builder.Configuration).AddReceipts(builder.Configuration)
            .AddMapping(builder.Configuration);
        // Who calls is said by a header, by a scheme that stands before those of the program.
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, CallerOfHeader>("test", null);
        adjust?.Invoke(builder.Services);

        var built = builder.Build();
        built.UseApi();
        built.MapIngest();
        built.MapBeta();
        await built.Services.GetRequiredService<IBridgeStore>().OpenAsync(cancellationToken);
        await built.StartAsync(cancellationToken);
        return new IngestHost(built, data, logs);
    }

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        channel.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        folder.Delete(recursive: true);
        Logs.Dispose();
    }

    private ICollection<string> Addresses() =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    private static KeyValuePair<string, string?> Pair(string setting)
    {
        var parts = setting.Split('=', 2);
        return new(parts[0], parts[1]);
    }

    private sealed class CallerOfHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(AuthenticateResult.Success(CallerIdentity.Ticket(CallerOf(Context), Scheme.Name)));

        private static Caller CallerOf(HttpContext context)
        {
            if (!context.Request.Headers.TryGetValue(CallerHeader, out var text))
                return Caller.Local;
            var parts = text.ToString().Split('@');
            return new Caller(
                "test",
                parts[0].Split(',').Select(role => Enum.Parse<Role>(role, ignoreCase: true)).ToHashSet(),
                parts.Length < 2 ? null : parts[1].Split(',').ToHashSet());
        }
    }
}

/// <summary>One host for the tests of a class; each test uses projects of its own.</summary>
public sealed class IngestFixture : IAsyncLifetime
{
    private IngestHost? host;

    internal IngestHost Host => host ?? throw new InvalidOperationException("The host has not been started.");

    public async ValueTask InitializeAsync() => host = await IngestHost.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
