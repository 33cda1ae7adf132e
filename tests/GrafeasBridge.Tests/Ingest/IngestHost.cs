using Grafeas.V1.Project;
using Grafeas.V1Beta1;
using GrafeasBridge.Tests.Access;
using GrafeasBridge.Tests.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Service = Grafeas.V1.Grafeas;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>
/// The whole service with clients of what this room answers. Without callers it asks for no key; with callers a call that says nothing
/// else carries a key for everything.
/// </summary>
internal sealed class IngestHost : IAsyncDisposable
{
    private const string Root = "root";
    private const string KeyHeader = "x-api-key";

    private readonly BridgeHost bridge;
    private readonly TemporaryFolder? keys;
    private readonly HttpClient http2 = new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true }) { Timeout = Timeout.InfiniteTimeSpan };

    private IngestHost(BridgeHost bridge, TemporaryFolder? keys)
    {
        this.bridge = bridge;
        this.keys = keys;
        if (keys is not null)
        {
            http2.DefaultRequestHeaders.Add(KeyHeader, Keys.Of(Root));
            Rest.DefaultRequestHeaders.Add(KeyHeader, Keys.Of(Root));
        }

        Channel = GrpcChannel.ForAddress(bridge.GrpcUri, new GrpcChannelOptions { HttpClient = http2, MaxReceiveMessageSize = 64 << 20 });
        Grafeas = new Service.GrafeasClient(Channel);
        Projects = new Projects.ProjectsClient(Channel);
        Beta = new GrafeasV1Beta1.GrafeasV1Beta1Client(Channel);
    }

    public TestLogs Logs => bridge.Logs;

    public GrpcChannel Channel { get; }

    public Service.GrafeasClient Grafeas { get; }

    public Projects.ProjectsClient Projects { get; }

    public GrafeasV1Beta1.GrafeasV1Beta1Client Beta { get; }

    public HttpClient Rest => bridge.Rest;

    public IServiceProvider Services => bridge.Services;

    /// <param name="settings">Such as <c>Ingest:RefuseUnmapped=true</c>.</param>
    /// <param name="adjust">Replaces services.</param>
    /// <param name="callers">Who has a key, by role and projects: <c>send@p1,p2</c>, or <c>read</c> for all projects.</param>
    public static async Task<IngestHost> StartAsync(
        CancellationToken cancellationToken, IEnumerable<string>? settings = null, Action<IServiceCollection>? adjust = null, string[]? callers = null)
    {
        var folder = callers is null ? null : new TemporaryFolder();
        List<string> all = [.. settings ?? []];
        if (folder is not null)
        {
            var file = folder.File("keys.json");
            await File.WriteAllTextAsync(file, Keys.Json([Root + ":send,read,operate:*", .. callers!.Select(Holder)]), cancellationToken);
            all.Add("Access:KeysFile=" + file);
        }

        var started = await BridgeHost.StartAsync(
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.Information);
                adjust?.Invoke(builder.Services);
            },
            [.. all]);
        return new IngestHost(started, folder);
    }

    /// <summary>Calls as one of the callers that the host was started with.</summary>
    public static CallOptions As(string caller) =>
        new(new Metadata { { KeyHeader, Keys.Of(caller) } }, cancellationToken: TestContext.Current.CancellationToken);

    /// <inheritdoc cref="As(string)"/>
    public async Task<HttpResponseMessage> GetAsync(string path, string caller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { KeyHeader, Keys.Of(caller) } } };
        return await Rest.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        http2.Dispose();
        await bridge.DisposeAsync();
        keys?.Dispose();
    }

    // The key's name is the caller's text.
    private static string Holder(string caller)
    {
        var parts = caller.Split('@');
        return $"{caller}:{parts[0]}:{(parts.Length == 1 ? "*" : parts[1])}";
    }
}

/// <summary>One host for the tests of a class; each test uses projects of its own.</summary>
public class IngestFixture : IAsyncLifetime
{
    private IngestHost? host;

    internal IngestHost Host => host ?? throw new InvalidOperationException("The host has not been started.");

    protected virtual string[]? Callers => null;

    public async ValueTask InitializeAsync() => host = await IngestHost.StartAsync(TestContext.Current.CancellationToken, callers: Callers);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Host.DisposeAsync();
    }
}

/// <summary>The same with keys: for tests of who may do what.</summary>
public sealed class KeyedIngestFixture : IngestFixture
{
    protected override string[] Callers =>
    [
        .. new[] { "send", "read", "operate" }.SelectMany(role => new[] { $"{role}@roles", $"{role}@other", $"{role}@other,roles" }),
        "read@mine", "send@mine",
        "send@apps", "send@apps,notes", "read@apps", "read@apps,notes", "operate@apps", "operate@apps,notes",
        "read", "read@shared,one,three", "read@shared,two,never-heard-of",
        .. Enumerable.Range(0, 5).Select(i => $"send@seen{i}"), "operate", "read@seen6", "read@seen2", "read@seen0,seen2,seen4", "operate@seen1",
        "send@p",
    ];
}
