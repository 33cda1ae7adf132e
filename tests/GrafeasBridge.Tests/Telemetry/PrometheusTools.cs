using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Telemetry;

/// <summary>promtool, and a Prometheus of its own for a test, from the package of the system.</summary>
internal static class PrometheusTools
{
    public static string Folder { get; } = RepositoryFiles.PathOf("deploy", "telemetry");

    public static Task<ProgramResult> PromtoolAsync(params string[] arguments)
    {
        NeedsAttribute.Check(Need.Prometheus);
        return ProgramRun.RunAsync("promtool", arguments, Folder);
    }
}

/// <summary>A Prometheus with the configuration that is shipped, pointed at a bridge on this machine.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly ProgramRun run;
    private readonly HttpClient http;

    private PrometheusServer(ProgramRun run, Uri address)
    {
        this.run = run;
        http = new HttpClient { BaseAddress = address };
    }

    /// <param name="folder">For its data.</param>
    /// <param name="target">Host and port of the bridge.</param>
    /// <param name="keyFile">The file with the key to scrape with.</param>
    public static PrometheusServer Start(string folder, string target, string keyFile)
    {
        var shipped = File.ReadAllText(Path.Combine(PrometheusTools.Folder, "prometheus.yml"));
        var discovery = shipped.IndexOf("    dns_sd_configs:", StringComparison.Ordinal);
        var next = shipped.IndexOf("  - job_name: collector", StringComparison.Ordinal);
        Assert.True(discovery > 0 && next > discovery, "prometheus.yml no longer has the form that this test knows");
        var config = (shipped[..discovery] + $"    static_configs:\n      - targets: ['{target}']\n\n" + shipped[next..])
            .Replace("/run/secrets/metrics_key", keyFile, StringComparison.Ordinal)
            .Replace("scrape_interval: 15s", "scrape_interval: 1s", StringComparison.Ordinal)
            .Replace("evaluation_interval: 15s", "evaluation_interval: 1s", StringComparison.Ordinal)
            .Replace("[alerts.yml]", $"['{Path.Combine(PrometheusTools.Folder, "alerts.yml")}']", StringComparison.Ordinal);
        var file = Path.Combine(folder, "prometheus.yml");
        File.WriteAllText(file, config);
        var port = ServiceProcess.FreePorts(1)[0];
        NeedsAttribute.Check(Need.Prometheus);
        var started = ProgramRun.Start(
            "prometheus", [$"--config.file={file}", $"--storage.tsdb.path={Path.Combine(folder, "tsdb")}", $"--web.listen-address=127.0.0.1:{port}"], folder);
        return new PrometheusServer(started, new Uri($"http://127.0.0.1:{port}"));
    }

    /// <returns>The result of an instant query; what is not PromQL fails the test.</returns>
    public async Task<JsonArray> QueryAsync(string expression)
    {
        var answer = await GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(expression));
        Assert.True((string?)answer["status"] == "success", $"{expression}: {answer}");
        return answer["data"]!["result"]!.AsArray();
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        if (answer.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
            throw new HttpRequestException("Prometheus is not ready yet.");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Asks until there is a result; bounded.</summary>
    public async Task<JsonArray> UntilAsync(string expression)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            late.Token.ThrowIfCancellationRequested();
            await run.AssertRunsAsync();
            try
            {
                var result = await QueryAsync(expression);
                if (result.Count > 0)
                    return result;
            }
            catch (HttpRequestException)
            {
                // Not listening or not ready yet: the next connection is the next look.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await run.DisposeAsync();
        http.Dispose();
    }
}
