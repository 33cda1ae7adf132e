using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Grafeas.V1;
using GrafeasBridge.Lab.Sending;
using GrafeasBridge.Tests.Support.Postgres;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GrafeasBridge.Lab.Rigging;

/// <summary>One bridge or several on one database, one emulator, their files, and the journal of what senders were told.</summary>
internal sealed class Rig : IAsyncDisposable
{
    public const string Target = "main";
    private const string ApiKey = "laboratory-key";

    private readonly HttpClient bintray;

    private Rig(RigOptions options, PostgresServer? server)
    {
        Folder = Directory.CreateTempSubdirectory("bridge-lab-").FullName;
        Data = options.StoreFolder ?? Folder;
        Server = server;
        var ports = Ports.Free(1 + (2 * options.Replicas));
        GrpcPort = ports[1];
        Journal = new Journal(Path.Combine(Folder, "journal.jsonl"));
        File.WriteAllText(Path.Combine(Folder, "users"), $"bridge:{ApiKey}\n");
        Skew = options.Skew;
        KeysUrl = new Uri($"http://127.0.0.1:{ports[2]}/receipts/keys");
        EmulatorUrl = new Uri($"http://127.0.0.1:{ports[0]}/");
        bintray = new HttpClient { BaseAddress = EmulatorUrl, Timeout = TimeSpan.FromMinutes(2) };
        bintray.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("bridge:" + ApiKey)));
        Emulator = new ChildProcess("emulator", new Uri(EmulatorUrl, "healthz"), [Beside("BintrayEmulator.Faults.dll"), .. EmulatorSettings(options)]);
        Bridges = [.. Enumerable.Range(0, options.Replicas).Select(i => Replica(i, ports[1 + (2 * i)], ports[2 + (2 * i)], options))];
        Channel = Connect([.. Enumerable.Range(0, options.Replicas).Select(i => ports[1 + (2 * i)])]);
    }

    public string Folder { get; }

    /// <summary>Where the database lies.</summary>
    public string Data { get; }

    public string Database => Path.Combine(Data, "bridge.db");

    public int GrpcPort { get; }

    public Uri EmulatorUrl { get; }

    /// <summary>Where the public keys of receipts are served.</summary>
    public Uri KeysUrl { get; }

    public TimeSpan Skew { get; }

    public ChildProcess Emulator { get; }

    /// <summary>The bridges; all of them on the one database.</summary>
    public IReadOnlyList<ChildProcess> Bridges { get; }

    public ChildProcess Bridge => Bridges[0];

    /// <summary>The database; null when it is a file.</summary>
    public PostgresServer? Server { get; }

    public GrpcChannel Channel { get; }

    public Journal Journal { get; }

    /// <summary>Both are started, and the note that all builds point at is there.</summary>
    public static async Task<Rig> StartAsync(RigOptions options, CancellationToken stop)
    {
        var rig = new Rig(options, options.Postgres ? await PostgresServer.StartAsync() : null);
        try
        {
            await rig.Emulator.StartAsync(stop);
            if (options.StartBridge)
            {
                // At once, as a deployment does: they take turns where they must.
                await Task.WhenAll(rig.Bridges.Select(bridge => bridge.StartAsync(stop)));
                await rig.MakeNoteAsync(stop);
            }

            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>A channel whose calls go to all that listen, one after the other.</summary>
    public static GrpcChannel Connect(params int[] ports) => GrpcChannel.ForAddress(
        "static:///bridges",
        new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Insecure,
            ServiceProvider = new ServiceCollection()
                .AddSingleton<ResolverFactory>(new StaticResolverFactory(_ => ports.Select(port => new BalancerAddress("127.0.0.1", port))))
                .BuildServiceProvider(),
            ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } },
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
            DisposeHttpClient = true,
            // Services come and go here within seconds; a client that sulks for two minutes would see nothing of it.
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(20),
            MaxReconnectBackoff = TimeSpan.FromMilliseconds(100),
        });

    public async Task MakeNoteAsync(CancellationToken stop)
    {
        var request = new CreateNoteRequest { Parent = BuildPlan.Parent, NoteId = BuildPlan.NoteId, Note = new Note { Build = new BuildNote { BuilderVersion = "1" } } };
        try
        {
            var waiting = new CallOptions(cancellationToken: stop).WithWaitForReady();
            await new Grafeas.V1.Grafeas.GrafeasClient(Channel).CreateNoteAsync(request, waiting);
        }
        catch (RpcException there) when (there.StatusCode == StatusCode.AlreadyExists)
        {
            // Made before a crash, whose answer was lost.
        }
    }

    /// <summary>Puts a plan of faults in force at the emulator; null ends the one that is.</summary>
    public async Task FaultsAsync(object? plan, CancellationToken stop)
    {
        var page = new Uri("_emulator/faults", UriKind.Relative);
        using var answer = plan is null ? await bintray.DeleteAsync(page, stop) : await bintray.PutAsJsonAsync(page, plan, stop);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"The emulator refused the faults: {await answer.Content.ReadAsStringAsync(stop)}");
        Journal.Mark(plan is null ? "faults end" : "faults begin");
    }

    /// <summary>A page of the emulator's own.</summary>
    public async Task<JsonDocument> EmulatorPageAsync(string page, CancellationToken stop)
    {
        using var answer = await bintray.GetAsync(new Uri(page, UriKind.Relative), stop);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"The emulator answered {(int)answer.StatusCode} for {page}.\n{string.Join('\n', Emulator.LastLines)}");
        using var content = await answer.Content.ReadAsStreamAsync(stop);
        return await JsonDocument.ParseAsync(content, cancellationToken: stop);
    }

    /// <summary>How many calls the emulator has seen since its start, its own pages left out.</summary>
    public async Task<long> TargetCallsAsync(CancellationToken stop)
    {
        using var state = await EmulatorPageAsync("_emulator/state?attributes=0", stop);
        return EmulatorPages.Calls(state);
    }

    /// <summary>Waits until a bridge is there that has not been told to go.</summary>
    public Task UpAsync(CancellationToken stop) =>
        Bridges.Count == 1 ? Bridge.UpAsync(stop) : Task.WhenAny(Bridges.Select(bridge => bridge.UpAsync(stop)));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        foreach (var bridge in Bridges)
            await bridge.DisposeAsync();
        if (Server is not null)
            await Server.DisposeAsync();
        await Emulator.DisposeAsync();
        bintray.Dispose();
        Journal.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Beside(string program) => Path.Combine(AppContext.BaseDirectory, program);

    private static string[] Bridged(RigOptions options) =>
        options.LabHost ? [Beside("GrafeasBridge.Lab.dll"), "service"] : [Beside("GrafeasBridge.dll")];

    private IEnumerable<string> EmulatorSettings(RigOptions options) =>
    [
        $"--Emulator:Listen={EmulatorUrl.GetLeftPart(UriPartial.Authority)}",
        $"--Emulator:Path={Path.Combine(Folder, "emulator.db")}",
        $"--Emulator:UsersFile={Path.Combine(Folder, "users")}",
        "--Emulator:AdminEnabled=true",
        "--Emulator:History=true",
        .. options.Emulator,
    ];

    private ChildProcess Replica(int index, int grpc, int http, RigOptions options) => new(
        index == 0 ? "bridge" : $"bridge {index + 1}",
        new Uri($"http://127.0.0.1:{http}/readyz"),
        [.. Bridged(options), .. BridgeSettings(grpc, http, options), .. options.Each(index)]);

    private IEnumerable<string> StoreSettings() =>
        Server is null ? [$"--Store:Path={Database}"] : Server.Settings("public").Select(setting => $"--{setting.Key}={setting.Value}");

    private IEnumerable<string> BridgeSettings(int grpc, int http, RigOptions options) =>
    [
        $"--Listen:Grpc=http://127.0.0.1:{grpc}",
        $"--Listen:Http=http://127.0.0.1:{http}",
        .. StoreSettings(),
        $"--Targets:0:Name={Target}",
        $"--Targets:0:BaseUrl={EmulatorUrl.GetLeftPart(UriPartial.Authority)}",
        "--Targets:0:Username=bridge",
        $"--Targets:0:ApiKey={ApiKey}",
        "--Targets:0:CreateMissing=Repository",
        "--Logging:LogLevel:Default=Warning",
        "--Logging:LogLevel:GrafeasBridge.Delivery.RateLimiting=Information",
        .. options.Bridge,
    ];
}

/// <summary>What differs from rig to rig.</summary>
internal sealed record RigOptions
{
    /// <summary>Takes the service with the laboratory's hands in it, instead of the service itself.</summary>
    public bool LabHost { get; init; }

    public bool StartBridge { get; init; } = true;

    /// <summary>How far the clocks of senders, service and target may stand apart.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>Where the database is to lie; null for the rig's own folder.</summary>
    public string? StoreFolder { get; init; }

    /// <summary>A PostgreSQL of the rig's own keeps what the bridges acknowledge, instead of a file.</summary>
    public bool Postgres { get; init; }

    /// <summary>How many bridges share the database; more than one need PostgreSQL.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Settings of the bridge.</summary>
    public IReadOnlyList<string> Bridge { get; init; } = [];

    /// <summary>Further settings of one bridge, by its number from 0.</summary>
    public Func<int, IReadOnlyList<string>> Each { get; init; } = static _ => [];

    /// <summary>Settings of the emulator.</summary>
    public IReadOnlyList<string> Emulator { get; init; } = [];

    /// <summary>A killed worker's versions are due again soon, and what failed is tried again soon.</summary>
    public static IReadOnlyList<string> Impatient { get; } =
    [
        "--Delivery:Lease=00:00:03",
        "--Delivery:TotalTimeout=00:00:02",
        "--Delivery:FirstRetry=00:00:00.100",
        "--Delivery:MaxRetryDelay=00:00:02",
        "--Delivery:ThrottlePause=00:00:01",
        "--Delivery:PollInterval=00:00:00.200",
    ];
}
