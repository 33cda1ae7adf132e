using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Clients;

/// <summary>Every case of tests/conformance once more, by a gRPC stack that shares no code with the service.</summary>
[Needs(Need.Node)]
public sealed class ConformanceInNodeTests
{
    [Fact]
    public async Task Every_case_passes_over_another_gRPC_stack()
    {
        await using var host = await BridgeHost.StartAsync();
        (var code, var output, var errors) = await NodeProgram.RunAsync("conformance", "run.js", host.GrpcUri.Authority);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(code == 0, $"run.js ended with {code}:\n{output}{errors}");
        Assert.Equal($"{Cases().Count(one => one["steps"] is not null)} passed, 0 failed", lines[^1]);
    }

    [Fact]
    public async Task A_failing_case_is_told_and_fails_the_run()
    {
        await using var host = await BridgeHost.StartAsync("Ingest:MaxMessageBytes=65536", "Ingest:MaxBatch=1");
        (var code, var output, _) = await NodeProgram.RunAsync("conformance", "run.js", host.GrpcUri.Authority, "v1.BatchCreate");
        Assert.Equal(1, code);
        Assert.Contains("FAIL v1.BatchCreateOccurrences.three_mixed_kinds", output, StringComparison.Ordinal);
        Assert.DoesNotContain(" 0 failed", output, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonNode> Cases() => Directory.GetFiles(RepositoryFiles.PathOf("tests", "conformance"), "*.json")
        .SelectMany(file => (JsonArray)JsonNode.Parse(File.ReadAllText(file))!["cases"]!)
        .Select(one => one!);
}
