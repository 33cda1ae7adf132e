using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Access;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using Grpc.Core;
using Grpc.Net.Client;

namespace GrafeasBridge.Tests.Telemetry;

/// <summary>/metrics: closed unless asked for, open to one role only, and scraped by a real Prometheus.</summary>
public sealed class ScrapeTests : IDisposable
{
    private static readonly Uri Metrics = new("/metrics", UriKind.Relative);
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Nothing_is_served_unless_it_is_asked_for()
    {
        await using var host = await BridgeHost.StartAsync();
        using var answer = await host.Rest.GetAsync(Metrics, Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Where_keys_are_asked_for_a_scrape_needs_one_with_its_role_in_all_projects_and_it_opens_nothing_else()
    {
        await File.WriteAllTextAsync(
            folder.File("keys.json"), Keys.Json("prometheus:metrics:*", "root:send,read,operate:*", "team:metrics:team"), Cancelled);
        await using var host = await BridgeHost.StartAsync("Telemetry:Prometheus=true", $"Access:KeysFile={folder.File("keys.json")}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(host.Rest, Metrics, null)).Code);
        (var code, var text) = await GetAsync(host.Rest, Metrics, "root");
        Assert.Equal(HttpStatusCode.Forbidden, code);
        Assert.Contains("The key 'root' does not hold the role 'metrics' in all projects.", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(host.Rest, Metrics, "team")).Code);
        (code, text) = await GetAsync(host.Rest, Metrics, "prometheus");
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Contains("grafeasbridge_store_queue", text, StringComparison.Ordinal);
        foreach (var path in new[] { "/v1/projects/team/notes", "/bridge/v1/targets", "/v1/projects/team" })
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(host.Rest, new Uri(path, UriKind.Relative), "prometheus")).Code);
        using (var project = new StringContent("""{"name":"projects/team"}""", Encoding.UTF8, "application/json"))
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/v1/projects") { Content = project })
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Keys.Of("root"));
            using var made = await host.Rest.SendAsync(request, Cancelled);
            Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        }

        Assert.Contains("projects/team", (await GetAsync(host.Rest, new Uri("/v1/projects", UriKind.Relative), "root")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("projects/team", (await GetAsync(host.Rest, new Uri("/v1/projects", UriKind.Relative), "prometheus")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/metrics/")]
    [InlineData("/METRICS")]
    [InlineData("/%6Detrics")]
    [InlineData("/./metrics")]
    public async Task However_the_path_is_spelt_a_scrape_needs_the_role(string path)
    {
        await File.WriteAllTextAsync(folder.File("keys.json"), Keys.Json("prometheus:metrics:*", "root:send,read,operate:*"), Cancelled);
        await using var host = await BridgeHost.StartAsync("Telemetry:Prometheus=true", $"Access:KeysFile={folder.File("keys.json")}");
        var spelt = new Uri(path, UriKind.Relative);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(host.Rest, spelt, null)).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(host.Rest, spelt, "root")).Code);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host.Rest, spelt, "prometheus")).Code);
    }

    [Fact]
    [Needs(Need.Prometheus)]
    public async Task A_real_prometheus_scrapes_a_real_bridge_and_answers_every_panel_and_rule()
    {
        await File.WriteAllTextAsync(folder.File("keys.json"), Keys.Json("prometheus:metrics:*", "ci:send,read:*"), Cancelled);
        await File.WriteAllTextAsync(folder.File("key"), Keys.Of("prometheus"), Cancelled);
        var ports = ServiceProcess.FreePorts(2);
        var port = ports[0];
        await using var bridge = await ServiceProcess.StartAsync(
            "GrafeasBridge.dll",
            new Uri($"http://127.0.0.1:{port}/readyz"),
            [
                .. BridgeHost.Settings(folder.Path, [
                    $"Listen:Http=http://127.0.0.1:{port}", $"Listen:Grpc=http://127.0.0.1:{ports[1]}", "Telemetry:Prometheus=true", $"Access:KeysFile={folder.File("keys.json")}",
                    "Delivery:BacklogInterval=00:00:01", "Health:MinFreeBytes=0"]),
            ]);
        using var rest = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await SendAsync(rest);
        await RefuseAsync(new Uri($"http://127.0.0.1:{ports[1]}"));
        await using var prometheus = PrometheusServer.Start(folder.Path, $"127.0.0.1:{port}", folder.File("key"));

        Assert.Equal("1", Value(await prometheus.UntilAsync("grafeasbridge_delivery_time_to_verified_seconds_count == 1")));
        Assert.Equal("1", Value(await prometheus.UntilAsync("""up{job="grafeasbridge"} == 1""")));
        Assert.Equal("1", Value(await prometheus.UntilAsync("grafeasbridge_health_ready")));
        Assert.Equal("0", Value(await prometheus.UntilAsync("""grafeasbridge_delivery_backlog{target="embedded"} == 0""")));
        Assert.Equal("1", Value(await prometheus.UntilAsync("""grafeasbridge_ingest_refusals_total{reason="INVALID_ARGUMENT",transport="rest"}""")));
        Assert.Equal("1", Value(await prometheus.UntilAsync("""grafeasbridge_ingest_refusals_total{reason="UNAUTHENTICATED",transport="rest"}""")));
        Assert.Equal("1", Value(await prometheus.UntilAsync("""grafeasbridge_ingest_refusals_total{reason="UNAUTHENTICATED",transport="grpc"}""")));
        Assert.Equal("2", Value(await prometheus.UntilAsync("""grafeasbridge_ingest_refusals_total{reason="NOT_FOUND",transport="grpc"}""")));
        Assert.Empty(await prometheus.QueryAsync("""grafeasbridge_ingest_refusals_total{reason="OK"}"""));
        Assert.NotEmpty(OperatorFiles.DashboardExpressions);
        foreach (var expression in OperatorFiles.DashboardExpressions)
            await prometheus.QueryAsync(expression);
        await RulesAreWellAsync(prometheus);
    }

    private static async Task RulesAreWellAsync(PrometheusServer prometheus)
    {
        await prometheus.UntilAsync("""ALERTS{alertname="GrafeasBridgeCollectorDown"}"""); // nobody collects here: all rules were looked at
        JsonNode[] rules = [.. (await prometheus.GetAsync("/api/v1/rules"))["data"]!["groups"]!.AsArray().SelectMany(g => g!["rules"]!.AsArray()).Select(r => r!)];
        Assert.Equal(OperatorFiles.Alerts.Order(), rules.Select(rule => (string)rule["name"]!).Order());
        Assert.Empty(rules.Where(rule => (string?)rule["health"] == "err").Select(rule => $"{rule["name"]}: {rule["lastError"]}"));
        Assert.Empty(await prometheus.QueryAsync("""ALERTS{alertstate="firing"}"""));
    }

    private static async Task SendAsync(HttpClient rest)
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync(rest, "/v1/projects/p/notes?noteId=build", """{"build":{"builderVersion":"1"}}""", "ci"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(
            rest,
            "/v1/projects/p/occurrences",
            """{"resourceUri":"acme-docker-images.bintray.io/team/web:1","noteName":"projects/p/notes/build","build":{"provenance":{"id":"b"}}}""",
            "ci"));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(rest, "/v1/projects/p/occurrences", "{}", "ci"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(rest, "/v1/projects/p/occurrences", "{}", null));
    }

    private static async Task RefuseAsync(Uri grpc)
    {
        using var channel = GrpcChannel.ForAddress(grpc);
        var client = new Grafeas.V1.Grafeas.GrafeasClient(channel);
        var nothing = new Grafeas.V1.GetNoteRequest { Name = "projects/p/notes/none" };
        await Refusal.OfAsync(StatusCode.NotFound, client.GetNoteAsync(nothing, Keys.Bearer("ci"), cancellationToken: Cancelled));
        await Refusal.OfAsync(StatusCode.NotFound, client.GetNoteAsync(nothing, Keys.Bearer("ci"), cancellationToken: Cancelled));
        await Refusal.OfAsync(StatusCode.Unauthenticated, client.GetNoteAsync(nothing, cancellationToken: Cancelled));
    }

    private static string? Value(JsonArray result) => (string?)Assert.Single(result)!["value"]![1];

    private static async Task<HttpStatusCode> PostAsync(HttpClient rest, string path, string json, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", Keys.Of(key));
        using var answer = await rest.SendAsync(request, Cancelled);
        return answer.StatusCode;
    }

    private static async Task<(HttpStatusCode Code, string Text)> GetAsync(HttpClient rest, Uri path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", Keys.Of(key));
        using var answer = await rest.SendAsync(request, Cancelled);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }
}
