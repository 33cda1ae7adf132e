using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Every case of tests/conformance against the service, over gRPC. A row is named after its case.</summary>
public sealed class ConformanceTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private static readonly Dictionary<string, JsonNode> Cases = Load();

    private static int serial;

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public Task The_service_does_as_the_case_says(string id)
    {
        string unique = $"{Interlocked.Increment(ref serial)}";
        var runner = new CaseRunner(fixture.Host.Channel.CreateCallInvoker(), unique);
        return runner.RunAsync((JsonArray)Cases[id]["steps"]!, TestContext.Current.CancellationToken);
    }

    private static Dictionary<string, JsonNode> Load()
    {
        string[] files = Directory.GetFiles(RepositoryFiles.PathOf("tests", "conformance"), "v1*.json");
        // Cases of filters are those of Filtering, until lists take filters.
        return files.Where(file => !Path.GetFileName(file).StartsWith("v1.filter-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(file => (JsonArray)JsonNode.Parse(File.ReadAllText(file))!["cases"]!)
            .ToDictionary(one => (string)one!["id"]!, one => one!);
    }
}
