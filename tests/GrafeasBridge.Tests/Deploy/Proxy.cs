using System.Globalization;
using System.Text.RegularExpressions;
using GrafeasBridge.Tests.Support;
using Grpc.Net.Client;

namespace GrafeasBridge.Tests.Deploy;

/// <summary>HAProxy with the very configuration that is deployed; only addresses are others, since here is no engine that names them.</summary>
internal sealed partial class Proxy : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly ProgramRun run;

    private Proxy(TemporaryFolder folder, int[] ports)
    {
        NeedsAttribute.Check(Need.HAProxy);
        this.folder = folder;
        run = ProgramRun.Start("haproxy", ["-db", "-f", folder.File("haproxy.cfg")]);
        Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{ports[0]}");
        Rest = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports[1]}") };
        Own = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports[2]}") };
    }

    /// <summary>One connection to the proxy, however many calls.</summary>
    public GrpcChannel Channel { get; }

    public HttpClient Rest { get; }

    /// <summary>Its own door, for health and metrics.</summary>
    public HttpClient Own { get; }

    /// <param name="bridges">Where each bridge has gRPC and REST.</param>
    public static async Task<Proxy> StartAsync(params (int Grpc, int Http)[] bridges)
    {
        var ports = ServiceProcess.FreePorts(3);
        var own = new TemporaryFolder();
        await File.WriteAllTextAsync(own.File("haproxy.cfg"), Adapted(ports, bridges), TestContext.Current.CancellationToken);
        return new Proxy(own, ports);
    }

    /// <summary>Waits until it says how many bridges it sends gRPC and REST to.</summary>
    public async Task UntilUpAsync(int bridges)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        while (await UpAsync(timeout.Token) is var up && up != (bridges, bridges))
        {
            await run.AssertRunsAsync();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Rest.Dispose();
        Own.Dispose();
        await run.DisposeAsync();
        folder.Dispose();
    }

    private static string Adapted(int[] ports, (int Grpc, int Http)[] bridges)
    {
        var config = File.ReadAllText(RepositoryFiles.PathOf("deploy", "haproxy", "haproxy.cfg"));
        foreach ((var fixedPort, var port) in new[] { 8080, 8081, 8404 }.Zip(ports))
            config = Replaced(config, $"bind :{fixedPort}", $"bind 127.0.0.1:{port}");
        // These names are the whole machine's, and other tests run beside this one.
        config = Replaced(config, "-call\n", $"-call-{ports[0]}\n");
        config = Replaced(config, "server-template bridge 8 bridge:8080 resolvers engine proto h2 check", Servers(b => b.Grpc, " proto h2"));
        return Replaced(config, "server-template bridge 8 bridge:8081 resolvers engine check", Servers(b => b.Http, ""));

        string Servers(Func<(int Grpc, int Http), int> port, string rest) => string.Join(
            "\n    ",
            bridges.Select((b, i) => string.Create(CultureInfo.InvariantCulture, $"server bridge{i} 127.0.0.1:{port(b)}{rest} check port {b.Http} init-addr last")));
    }

    private static string Replaced(string config, string from, string to)
    {
        Assert.Contains(from, config, StringComparison.Ordinal);
        return config.Replace(from, to, StringComparison.Ordinal);
    }

    private async Task<(int Grpc, int Http)?> UpAsync(CancellationToken cancelled)
    {
        try
        {
            var metrics = await Own.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancelled);
            return (Up(metrics, "bridge_grpc"), Up(metrics, "bridge_rest"));
        }
        catch (HttpRequestException error) when (error.StatusCode is null)
        {
            return null; // not listening yet
        }

        static int Up(string metrics, string backend) =>
            UpServers().Matches(metrics).Count(line => line.Groups["backend"].Value == backend);
    }

    [GeneratedRegex("""haproxy_server_status\{proxy="(?<backend>[a-z_]+)",server="[a-z0-9]+",state="UP"\} 1""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UpServers();
}
