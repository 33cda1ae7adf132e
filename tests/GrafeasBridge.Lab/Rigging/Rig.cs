using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Grafeas.V1;
using GrafeasBridge.Lab.Sending;
using Grpc.Core;
using Grpc.Net.Client;

namespace GrafeasBridge.Lab.Rigging;

/// <summary>One bridge, one emulator, their files, and the journal of what senders were told.</summary>
internal sealed class Rig : IAsyncDisposable
{
    public const string Target = "main";
    private const string ApiKey = "laboratory-key";

    private readonly HttpClient bintray;

    private Rig(RigOptions options)
    {
        Folder = Directory.CreateTempSubdirectory("bridge-lab-").FullName;
        Data = options.StoreFolder ?? Folder;
        int[] ports = Ports.Free(3);
        GrpcPort = ports[0];
        Journal = new Journal(Path.Combine(Folder, "journal.jsonl"));
        File.WriteAllText(Path.Combine(Folder, "users"), $"bridge:{ApiKey}\n");
        Skew = options.Skew;
        KeysUrl = new Uri($"http://127.0.0.1:{ports[1]}/receipts/keys");
        EmulatorUrl = new Uri($"http://127.0.0.1:{ports[2]}/");
        bintray = new HttpClient { BaseAddress = EmulatorUrl, Timeout = TimeSpan.FromMinutes(2) };
        bintray.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("bridge:" + ApiKey)));
        Emulator = new ChildProcess("emulator", new Uri(EmulatorUrl, "healthz"), [Beside("BintrayEmulator.dll"), .. EmulatorSettings(options)]);
        Bridge = new ChildProcess("bridge", new Uri($"http://127.0.0.1:{ports[1]}/readyz"), [.. Bridged(options), .. BridgeSettings(ports, options)]);
        Channel = Connect(GrpcPort);
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

    public ChildProcess Bridge { get; }

    public GrpcChannel Channel { get; }

    public Journal Journal { get; }

    /// <summary>Both are started, and the note that all builds point at is there.</summary>
    public static async Task<Rig> StartAsync(RigOptions options, CancellationToken stop)
    {
        var rig = new Rig(options);
        try
        {
            await rig.Emulator.StartAsync(stop);
            if (options.StartBridge)
            {
                await rig.Bridge.StartAsync(stop);
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

    public static GrpcChannel Connect(int port) => GrpcChannel.ForAddress(
        $"http://127.0.0.1:{port}",
        new GrpcChannelOptions
        {
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
        using HttpResponseMessage answer = plan is null ? await bintray.DeleteAsync(page, stop) : await bintray.PutAsJsonAsync(page, plan, stop);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"The emulator refused the faults: {await answer.Content.ReadAsStringAsync(stop)}");
        Journal.Mark(plan is null ? "faults end" : "faults begin");
    }

    /// <summary>A page of the emulator's own.</summary>
    public async Task<JsonDocument> EmulatorPageAsync(string page, CancellationToken stop)
    {
        using Stream content = await bintray.GetStreamAsync(new Uri(page, UriKind.Relative), stop);
        return await JsonDocument.ParseAsync(content, cancellationToken: stop);
    }

    /// <summary>How many calls the emulator has seen since its start, its own pages left out.</summary>
    public async Task<long> TargetCallsAsync(CancellationToken stop)
    {
        using JsonDocument state = await EmulatorPageAsync("_emulator/state?attributes=0", stop);
        return EmulatorPages.Calls(state);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Bridge.DisposeAsync();
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
        "--Emulator:FaultsEnabled=true",
        "--Emulator:History=true",
        .. options.Emulator,
    ];

    private IEnumerable<string> BridgeSettings(int[] ports, RigOptions options) =>
    [
        $"--Listen:Grpc=http://127.0.0.1:{ports[0]}",
        $"--Listen:Http=http://127.0.0.1:{ports[1]}",
        $"--Store:Path={Database}",
        $"--Targets:0:Name={Target}",
        $"--Targets:0:BaseUrl={EmulatorUrl.GetLeftPart(UriPartial.Authority)}",
        "--Targets:0:Username=bridge",
        $"--Targets:0:ApiKey={ApiKey}",
        "--Targets:0:CreateMissing=Repository",
        "--Logging:LogLevel:Default=Warning",
        "--Logging:LogLevel:GrafeasBridge.Delivery.Governor=Information",
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

    /// <summary>Settings of the bridge.</summary>
    public IReadOnlyList<string> Bridge { get; init; } = [];

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
