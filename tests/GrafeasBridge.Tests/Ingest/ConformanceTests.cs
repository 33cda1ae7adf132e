using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Every case of tests/conformance against the service, over gRPC. A row is named after its case.</summary>
[OnBothStores]
public sealed class ConformanceTests(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    private static readonly Dictionary<string, JsonNode> Cases = Load();

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_service_does_as_the_case_says(string id)
    {
        var runner = await fixture.RunnerAsync((string?)Cases[id]["fixture"], TestContext.Current.CancellationToken);
        await runner.RunAsync((JsonArray)Cases[id]["steps"]!, TestContext.Current.CancellationToken);
    }

    private static Dictionary<string, JsonNode> Load()
    {
        var files = Directory.GetFiles(RepositoryFiles.PathOf("tests", "conformance"), "v1*.json");
        // A case without a step is one of the filter's syntax alone; Filtering has it.
        return files.Order(StringComparer.Ordinal)
            .SelectMany(file => (JsonArray)JsonNode.Parse(File.ReadAllText(file))!["cases"]!)
            .Where(one => one!["steps"] is not null)
            .ToDictionary(one => (string)one!["id"]!, one => one!);
    }
}

/// <summary>One host for all cases, and what cases share: the steps of a fixture run once, before the first case that names it.</summary>
public sealed class ConformanceFixture : IAsyncLifetime
{
    private readonly IngestFixture ingest = new();
    private readonly Dictionary<string, CaseRunner> prepared = [];
    private int serial;

    public ValueTask InitializeAsync() => ingest.InitializeAsync();

    public ValueTask DisposeAsync() => ingest.DisposeAsync();

    internal async Task<CaseRunner> RunnerAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is not null && prepared.TryGetValue(name, out var known))
            return known;
        var runner = new CaseRunner(ingest.Host.Channel.CreateCallInvoker(), $"{++serial}");
        if (name is null)
            return runner;
        var file = RepositoryFiles.PathOf("tests", "conformance", "fixtures", name + ".json");
        await runner.RunAsync((JsonArray)JsonNode.Parse(await File.ReadAllTextAsync(file, cancellationToken))!["steps"]!, cancellationToken);
        return prepared[name] = runner;
    }
}
