using System.Net;
using System.Text.Json.Nodes;
using GrafeasBridge.Health;
using GrafeasBridge.Telemetry;
using GrafeasBridge.Tests.Access;
using GrafeasBridge.Tests.Cli;
using GrafeasBridge.Tests.Delivery;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Health.V1;

namespace GrafeasBridge.Tests.Telemetry;

/// <summary>Ready, degraded with reasons, over every way in which it is asked.</summary>
public sealed class HealthTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_nothing_ails_is_ready_on_every_way()
    {
        await using var host = await BridgeHost.StartAsync("Health:MinFreeBytes=0");
        var ready = await ReadyAsync(host);
        Assert.Equal("ready", (string?)ready["status"]);
        Assert.Empty(ready["reasons"]!.AsArray());
        var report = await new HealthReports.HealthReportsClient(host.Channel).GetHealthAsync(new GetHealthRequest(), cancellationToken: Cancelled);
        Assert.Equal(HealthReport.Types.Status.Ready, report.Status);
        foreach (var service in new[]
        {
            "", "grafeas.v1.Grafeas", "grafeas.v1.project.Projects", "grafeas.v1beta1.GrafeasV1Beta1", "grafeas.v1beta1.project.Projects",
            "grafeasbridge.v1.Bridge", "grafeasbridge.v1.Builds", "grafeasbridge.v1.ReceiptBook", HealthServices.DeliveryHealth,
        })
        {
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await GrpcAsync(host, service));
        }

        var cli = await new Gbridge(host.GrpcUri).RunAsync("health");
        Assert.Equal((0, $"{host.GrpcUri.GetLeftPart(UriPartial.Authority)} is serving.\n"), (cli.Code, cli.Output));
    }

    [Fact]
    public async Task A_version_that_is_parked_is_a_reason_on_every_way_and_everything_is_served()
    {
        await using var fake = await FakeBintray.StartAsync(); // an empty one: the subject is missing, which needs a person
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("keys.json"), Keys.Json("ci:send,read,operate:*"), Cancelled);
        await using var host = await BridgeHost.StartAsync(
            "Targets:0:Name=main", $"Targets:0:BaseUrl={fake.Url}", "Targets:0:Username=bridge", "Targets:0:ApiKey=k",
            "Delivery:BacklogInterval=00:00:01", "Health:MinFreeBytes=0", $"Access:KeysFile={folder.File("keys.json")}");
        await BuildSamples.NoteAsync(host, "ci", Keys.Bearer("ci"));
        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"), Keys.Bearer("ci"));

        var degraded = await UntilAsync(host, "degraded");
        var reason = Assert.Single(degraded["reasons"]!.AsArray())!;
        Assert.Equal(("VERSIONS_PARKED", "main", 1), ((string?)reason["reason"], (string?)reason["target"], (int)reason["count"]!));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await GrpcAsync(host, ""));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await GrpcAsync(host, HealthServices.DeliveryHealth));
        var report = await new HealthReports.HealthReportsClient(host.Channel).GetHealthAsync(new GetHealthRequest(), cancellationToken: Cancelled);
        Assert.Equal(HealthReport.Types.Status.Degraded, report.Status);
        Assert.Equal(("VERSIONS_PARKED", "main", 1), (report.Reasons[0].Reason, report.Reasons[0].Target, report.Reasons[0].Count));
        using (var rest = await host.Rest.GetAsync(new Uri("/bridge/v1/health", UriKind.Relative), Cancelled))
            Assert.Equal("DEGRADED", (string?)JsonNode.Parse(await rest.Content.ReadAsStringAsync(Cancelled))!["status"]);

        var cli = await new Gbridge(host.GrpcUri).RunAsync("health");
        Assert.Equal(0, cli.Code);
        Assert.Contains("is serving, but degraded:", cli.Lines[0], StringComparison.Ordinal);
        Assert.Contains("VERSIONS_PARKED: 1 version is parked at target main", cli.Lines[1], StringComparison.Ordinal);
        var json = await new Gbridge(host.GrpcUri).RunAsync("health", "--json");
        Assert.Equal("degraded", (string?)JsonNode.Parse(json.Output)!["status"]);
        Assert.Equal("main", (string?)JsonNode.Parse(json.Output)!["reasons"]![0]!["target"]);
    }

    [Fact]
    public async Task A_disk_with_less_room_than_is_set_is_told_before_it_is_full()
    {
        await using var host = await BridgeHost.StartAsync($"Health:MinFreeBytes={1L << 40}");
        var reason = Assert.Single((await UntilAsync(host, "degraded"))["reasons"]!.AsArray())!;
        Assert.Equal("DISK_NEARLY_FULL", (string?)reason["reason"]);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await GrpcAsync(host, HealthServices.DeliveryHealth));
    }

    [Fact]
    public void Every_reason_stands_on_the_telemetry_page_and_the_page_names_no_other()
    {
        var page = File.ReadAllText(RepositoryFiles.PathOf("src", "GrafeasBridge", "Telemetry", "README.md"));
        string[] told = [.. page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1])
            .Where(word => word.All(c => char.IsAsciiLetterUpper(c) || c == '_'))];
        Assert.Equal(HealthReasons.All, told);
    }

    private static async Task<JsonNode> UntilAsync(BridgeHost host, string status)
    {
        while (true)
        {
            var answer = await ReadyAsync(host);
            if ((string?)answer["status"] == status)
                return answer;
        }
    }

    private static async Task<JsonNode> ReadyAsync(BridgeHost host)
    {
        using var answer = await host.Rest.GetAsync(new Uri("/readyz", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> GrpcAsync(BridgeHost host, string service) =>
        (await new global::Grpc.Health.V1.Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest { Service = service }, cancellationToken: Cancelled)).Status;
}
