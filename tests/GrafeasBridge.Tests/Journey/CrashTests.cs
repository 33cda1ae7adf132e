using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace GrafeasBridge.Tests.Journey;

/// <summary>kill -9 again and again, with real processes, files and sockets.</summary>
public sealed class CrashTests
{
    private const int Versions = 200;
    private const int Senders = 16;
    private const string Project = "projects/crash";

    [Fact]
    [RunIn(LongerRun.Default)]
    [OnBothStores]
    public Task Nothing_acknowledged_is_lost_or_doubled_when_the_service_is_killed_again_and_again() => KeepsAllAsync(creates: 1_000, kills: 5);

    [Fact]
    [RunIn(LongerRun.Full)]
    [OwnStore]
    public Task Nothing_acknowledged_is_lost_or_doubled_when_the_service_is_killed_fifty_times() => KeepsAllAsync(creates: 10_000, kills: 50);

    private static async Task KeepsAllAsync(int creates, int kills)
    {
        var seed = Seeds.Next();
        using var folder = new TemporaryFolder();
        var ports = ServiceProcess.FreePorts(3);
        await using var emulator = await StartEmulatorAsync(folder, ports[2]);
        await using var bridge = await StartBridgeAsync(folder, ports);
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{ports[0]}");
        await CreateNoteAsync(channel);

        var names = new string[creates];
        using var acknowledged = new SemaphoreSlim(0);
        var sending = SendAllAsync(channel, names, acknowledged);
        await KillAgainAndAgainAsync(bridge, acknowledged, (creates, kills), new Random(seed));
        await sending;

        var stored = await ListAsync(channel);
        Assert.Equal(creates, stored.Select(o => o.Build.Provenance.Id).Distinct().Count());
        Assert.Equal(names.Order(StringComparer.Ordinal), stored.Select(o => o.Name).Order(StringComparer.Ordinal));
        await AllVerifiedAsync(channel);
        await EmulatorAgreesAsync(ports[2], stored);
    }

    private static Task<ServiceProcess> StartEmulatorAsync(TemporaryFolder folder, int port)
    {
        File.WriteAllText(folder.File("users"), "bridge:crash-test-key\n");
        return ServiceProcess.StartAsync(
            "BintrayEmulator.dll",
            new Uri($"http://127.0.0.1:{port}/healthz"),
            $"--Emulator:Listen=http://127.0.0.1:{port}",
            $"--Emulator:Path={folder.File("emulator.db")}",
            $"--Emulator:UsersFile={folder.File("users")}");
    }

    private static Task<ServiceProcess> StartBridgeAsync(TemporaryFolder folder, int[] ports) => ServiceProcess.StartAsync(
        "GrafeasBridge.dll",
        new Uri($"http://127.0.0.1:{ports[1]}/readyz"),
        [
            $"--Listen:Grpc=http://127.0.0.1:{ports[0]}",
            $"--Listen:Http=http://127.0.0.1:{ports[1]}",
            .. StoreUnderTest.Arguments(folder.Path),
            "--Targets:0:Name=main",
            $"--Targets:0:BaseUrl=http://127.0.0.1:{ports[2]}",
            "--Targets:0:Username=bridge",
            "--Targets:0:ApiKey=crash-test-key",
            "--Targets:0:CreateMissing=Repository",
            "--Delivery:Lease=00:00:03", // a killed worker's versions are due again soon
            "--Delivery:TotalTimeout=00:00:02",
            "--Delivery:ParkAfterCrashes=100", // who kills it here is the test, and no version
            "--Delivery:FirstRetry=00:00:00.100",
        ]);

    private static async Task CreateNoteAsync(GrpcChannel channel) =>
        await new Grafeas.V1.Grafeas.GrafeasClient(channel).CreateNoteAsync(
            new CreateNoteRequest { Parent = Project, NoteId = "build", Note = new Note { Build = new BuildNote { BuilderVersion = "1" } } },
            cancellationToken: TestContext.Current.CancellationToken);

    // Each sender does what a careful CI step does: the same call under the same request id until it is answered.
    private static async Task SendAllAsync(GrpcChannel channel, string[] names, SemaphoreSlim acknowledged)
    {
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(channel);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, names.Length),
            new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = TestContext.Current.CancellationToken },
            async (i, cancel) =>
            {
                var request = new CreateOccurrenceRequest { Parent = Project, Occurrence = Build(i) };
                var headers = new Grpc.Core.Metadata { { "x-request-id", $"crash-{i}" } };
                while (names[i] is null)
                {
                    try
                    {
                        names[i] = (await grafeas.CreateOccurrenceAsync(request, headers, cancellationToken: cancel)).Name;
                    }
                    catch (RpcException gone) when (gone.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled)
                    {
                        await Task.Yield(); // the service is down or was killed in the middle of the call
                    }
                }

                acknowledged.Release();
            });
    }

    /// <summary>The moment is random in what has been acknowledged, so a run does not depend on the machine's speed.</summary>
    private static async Task KillAgainAndAgainAsync(ServiceProcess bridge, SemaphoreSlim acknowledged, (int Creates, int Kills) of, Random random)
    {
        var left = of.Creates;
        for (var kill = 0; kill < of.Kills; kill++)
        {
            // One at least for each kill that is still to come: a seed that draws late moments must not wait for more than there is.
            var until = Math.Min(random.Next(1, 2 * (of.Creates / (of.Kills + 5)) - 1), left - (of.Kills - kill - 1));
            left -= until;
            for (var seen = 0; seen < until; seen++)
                await acknowledged.WaitAsync(TestContext.Current.CancellationToken);
            await bridge.KillAsync();
            await bridge.RestartAsync();
        }
    }

    private static Occurrence Build(int number)
    {
        var id = number.ToString("D5", CultureInfo.InvariantCulture);
        return new Occurrence
        {
            ResourceUri = $"acme-docker-images.bintray.io/team/web:{number % Versions}",
            NoteName = Project + "/notes/build",
            Build = new BuildOccurrence { Provenance = new BuildProvenance { Id = "b-" + id, Creator = "ci", LogsUri = "https://ci.example.com/" + id } },
        };
    }

    private static async Task<IReadOnlyList<Occurrence>> ListAsync(GrpcChannel channel)
    {
        var grafeas = new Grafeas.V1.Grafeas.GrafeasClient(channel);
        var request = new ListOccurrencesRequest { Parent = Project, PageSize = 1000 };
        var all = new List<Occurrence>();
        do
        {
            var page = await grafeas.ListOccurrencesAsync(request, cancellationToken: TestContext.Current.CancellationToken);
            all.AddRange(page.Occurrences);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    private static async Task AllVerifiedAsync(GrpcChannel channel)
    {
        var bridge = new Bridge.BridgeClient(channel);
        ListVersionsResponse versions;
        do
        {
            versions = await bridge.ListVersionsAsync(new ListVersionsRequest { PageSize = 1000 }, cancellationToken: TestContext.Current.CancellationToken);
            Assert.DoesNotContain(versions.Versions, v => v.State == DeliveryState.Parked);
        }
        while (versions.Versions.Any(v => v.State != DeliveryState.Verified));
        Assert.Equal(Versions, versions.Versions.Count);
    }

    private static async Task EmulatorAgreesAsync(int port, IReadOnlyList<Occurrence> stored)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        foreach (var version in stored.GroupBy(o => o.ResourceUri.Split(':')[1]))
        {
            var json = await http.GetStringAsync(
                new Uri($"packages/acme/images/team:web/versions/{version.Key}/attributes", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(Wanted(version), Carried(json));
        }
    }

    // name=type:value,value in one line each: values are sets, so both sides are sorted.
    private static List<string> Wanted(IEnumerable<Occurrence> occurrences)
    {
        var fold = Mapping.MappingFixture.Open().Begin();
        foreach (var occurrence in occurrences)
            fold.Add(Occurrence.Parser.ParseFrom(occurrence.ToByteArray()));
        return [.. fold.Finish().Select(a => Line(a.Name, a.Type.ToString(), a.Values)).Order(StringComparer.Ordinal)];
    }

    private static List<string> Carried(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray()
            .Select(a => Line(
                a.GetProperty("name").GetString()!,
                a.GetProperty("type").GetString()!,
                a.GetProperty("values").EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString()! : v.GetRawText())))
            .Order(StringComparer.Ordinal)];
    }

    private static string Line(string name, string type, IEnumerable<string> values) =>
        $"{name}={type.ToUpperInvariant()}:{string.Join(',', values.Order(StringComparer.Ordinal))}";
}
