using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Api;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;
using Client = Grafeas.V1.Grafeas.GrafeasClient;

namespace GrafeasBridge.Tests.Rest;

/// <summary>
/// The table of limits: what is over one is refused with the limit, the value and the setting to change, on both dialects,
/// and the next call is served.
/// </summary>
public sealed class LimitTests(SmallBridge small) : IClassFixture<SmallBridge>
{
    private const string Invalid = "INVALID_ARGUMENT";
    private const string Exhausted = "RESOURCE_EXHAUSTED";

    // The keys of filter limits are told on the page of settings only; a filter's refusal tells limit and place.
    // What is limited, dialect, code, value as told, limit as told.
    private static readonly Limit[] Table =
    [
        new("message", "grpc", Exhausted, "The message has 70", "at most 65536 are allowed (Ingest:MaxMessageBytes)", h => Create(h, Build(r => r.Remediation = new string('x', 70_000)))),
        new("packed message", "grpc", Exhausted, "The message unpacks to more than 65536 bytes", "(Ingest:MaxMessageBytes)", h => Create(h, Build(r => r.Remediation = new string('x', 70_000)), Packed)),
        new("body with a length", "rest", Exhausted, "The body has 70", "at most 65536 are allowed (Ingest:MaxMessageBytes)", h => Post(h, "/v1/projects/p/occurrences", Text(70_000))),
        new("body in chunks", "rest", Exhausted, "has more than 65536 bytes", "at most 65536 are allowed (Ingest:MaxMessageBytes)", h => Post(h, "/v1/projects/p/occurrences", Text(70_000), chunked: true)),
        new("headers", "grpc", Exhausted, "headers of the request have 3", "at most 2048 are allowed (Listen:MaxHeaderBytes)", h => Create(h, Build(), new() { { "x-long", new string('x', 3000) } })),
        new("headers", "rest", Exhausted, "headers of the request have 3", "at most 2048 are allowed (Listen:MaxHeaderBytes)", h => Get(h, "/v1/projects", ("x-long", new string('x', 3000)))),
        new("address", "rest", Exhausted, "headers of the request have 3", "at most 2048 are allowed (Listen:MaxHeaderBytes)", h => Get(h, "/v1/projects?pageToken=" + new string('x', 3000))),
        new("number of headers", "grpc", Exhausted, "The request has", "at most 20 are allowed (Listen:MaxHeaders)", h => Create(h, Build(), Many(25))),
        new("number of headers", "rest", Exhausted, "The request has 2", "at most 20 are allowed (Listen:MaxHeaders)", h => Get(h, "/v1/projects", [.. Enumerable.Range(0, 25).Select(i => ($"x-{i}", "1"))])),
        new("batch of occurrences", "grpc", Invalid, "occurrences holds 4 elements", "at most 3 are allowed (Ingest:MaxBatch)", h => Batch(h, 4)),
        new("batch of occurrences", "rest", Invalid, "occurrences holds 4 elements", "at most 3 are allowed (Ingest:MaxBatch)", h => Post(h, "/v1/projects/p/occurrences:batchCreate", """{"occurrences":[{},{},{},{}]}""")),
        new("batch of notes", "grpc", Invalid, "notes holds 4 elements", "at most 3 are allowed (Ingest:MaxBatch)", h => BatchNotes(h, 4)),
        new("batch of notes", "rest", Invalid, "notes holds 4 elements", "at most 3 are allowed (Ingest:MaxBatch)", h => Post(h, "/v1/projects/p/notes:batchCreate", """{"notes":{"a":{},"b":{},"c":{},"d":{}}}""")),
        new("page of occurrences", "grpc", Invalid, "page_size is 6", "at most 5 are allowed (Ingest:MaxPageSize)", h => Call(() => Grafeas(h).ListOccurrencesAsync(new() { Parent = "projects/p", PageSize = 6 }))),
        new("page of occurrences", "rest", Invalid, "page_size is 6", "at most 5 are allowed (Ingest:MaxPageSize)", h => Get(h, "/v1/projects/p/occurrences?pageSize=6")),
        new("page of notes", "grpc", Invalid, "page_size is 6", "at most 5 are allowed (Ingest:MaxPageSize)", h => Call(() => Grafeas(h).ListNotesAsync(new() { Parent = "projects/p", PageSize = 6 }))),
        new("page of a note's occurrences", "rest", Invalid, "page_size is 6", "at most 5 are allowed (Ingest:MaxPageSize)", h => Get(h, "/v1/projects/p/notes/build/occurrences?pageSize=6")),
        new("page of versions", "grpc", Invalid, "page_size is 1001", "at most 1000 are allowed", h => Call(() => new Bridge.BridgeClient(h.Channel).ListVersionsAsync(new() { PageSize = 1001 }))),
        new("characters of a filter", "grpc", Invalid, "filter has 203 characters", "at most 200 are allowed", h => Filter(h, "a=" + Long(201))),
        new("characters of a filter", "rest", Invalid, "filter has 203 characters", "at most 200 are allowed", h => Get(h, "/v1/projects/p/notes?filter=a%3D" + Long(201))),
        new("nesting of a filter", "grpc", Invalid, "nests 6 levels deep", "at most 5 are allowed", h => Filter(h, "((((((a=b))))))")),
        new("terms of a filter", "grpc", Invalid, "has more than 10 comparisons and calls", "", h => Filter(h, string.Join(" OR ", Enumerable.Repeat("kind=1", 11)))),
        new("project id", "grpc", Invalid, "parent holds an id of 256 characters", "at most 255 are allowed", h => Call(() => Grafeas(h).ListNotesAsync(new() { Parent = "projects/" + Long(256) }))),
        new("project id", "rest", Invalid, "parent holds an id of 256 characters", "at most 255 are allowed", h => Get(h, $"/v1/projects/{Long(256)}/notes")),
        new("note id", "grpc", Invalid, "note_id has 256 characters", "at most 255 are allowed", h => Call(() => Grafeas(h).CreateNoteAsync(new() { Parent = "projects/p", NoteId = Long(256), Note = new Note { Build = new BuildNote { BuilderVersion = "1" } } }))),
        new("note id", "rest", Invalid, "note_id has 256 characters", "at most 255 are allowed", h => Post(h, "/v1/projects/p/notes?noteId=" + Long(256), """{"build":{"builderVersion":"1"}}""")),
        new("resource uri", "grpc", Invalid, "resource_uri has 8193 characters", "at most 8192 are allowed", h => Create(h, Build(r => r.ResourceUri = Long(8193)))),
        new("resource uri", "rest", Invalid, "resource_uri has 8193 characters", "at most 8192 are allowed", h => Post(h, "/v1/projects/p/occurrences", Small("\"" + Long(8193) + "\""))),
        new("request id", "grpc", Invalid, "x-request-id has 129 characters", "1 to 128 are allowed", h => Create(h, Build(), new() { { "x-request-id", Long(129) } })),
        new("request id", "rest", Invalid, "x-request-id has 129 characters", "1 to 128 are allowed", h => Post(h, "/v1/projects/p/occurrences", Small("\"r\""), false, ("x-request-id", Long(129)))),
        new("paths of a mask", "grpc", Invalid, "update_mask holds 201 paths", "at most 200 are allowed", h => Call(() => Grafeas(h).UpdateNoteAsync(Masked(201)))),
        new("paths of a mask", "rest", Invalid, "update_mask holds 201 paths", "at most 200 are allowed", h => Patch(h, "/v1/projects/p/notes/build?updateMask=" + string.Join(',', Enumerable.Repeat("kind", 201)))),
        new("nesting", "rest", Invalid, "The body nests 11 levels deep", "at most 8 are allowed (Ingest:MaxJsonDepth)", h => Post(h, "/v1/projects", $$"""{"name":{{new string('[', 10)}}{{new string(']', 10)}}}""")),
        new("nesting", "grpc", Invalid, "nest more than 100 levels deep", "", h => Create(h, Nested(200))),
        new("values", "rest", Invalid, "The body holds 1502 values", "at most 1000 are allowed (Ingest:MaxJsonValues)", h => Post(h, "/v1/projects/p/occurrences:batchCreate", $$"""{"occurrences":[{{string.Join(',', Enumerable.Repeat("{}", 1500))}}]}""")),
        new("problems told", "rest", Invalid, "problems in all", "", h => Post(h, "/v1/projects/p/occurrences", $$"""{"resourceUri":"r","noteName":"projects/p/notes/build",{{string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"x{i}\":1"))}}}""")),
    ];

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var limit in Table)
                rows.Add(limit.What, limit.Dialect);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_is_over_a_limit_is_refused_with_limit_value_and_setting(string what, string dialect)
    {
        var limit = Table.Single(row => row.What == what && row.Dialect == dialect);
        (var code, var message) = await limit.Call(small.Host);
        Assert.Equal(limit.Code, code);
        Assert.Contains(limit.Value, message, StringComparison.Ordinal);
        Assert.Contains(limit.Allowed, message, StringComparison.Ordinal);
        Assert.NotNull(await Grafeas(small.Host).GetNoteAsync(new GetNoteRequest { Name = "projects/p/notes/build" }, cancellationToken: BuildSamples.Cancelled));
    }

    [Fact]
    public void Every_limit_of_the_settings_of_what_comes_in_is_in_the_table()
    {
        var table = string.Join('\n', Table.Select(row => row.Allowed + row.Value));
        string[] limits = [.. typeof(ApiOptions).GetProperties().Where(p => p.Name.StartsWith("Max", StringComparison.Ordinal) && !p.Name.StartsWith("MaxFilter", StringComparison.Ordinal)).Select(p => $"(Ingest:{p.Name})")];
        Assert.True(limits.Length >= 5);
        Assert.All(limits, limit => Assert.Contains(limit, table, StringComparison.Ordinal));
    }

    private static Grpc.Core.Metadata Packed => new() { { "grpc-internal-encoding-request", "gzip" } };

    private static Grpc.Core.Metadata Many(int count)
    {
        var headers = new Grpc.Core.Metadata();
        for (var i = 0; i < count; i++)
            headers.Add($"x-{i}", "1");
        return headers;
    }

    private static string Long(int length) => new('i', length);

    private static string Text(int length) => $$"""{"remediation":"{{new string('x', length)}}"}""";

    private static string Small(string uri) =>
        "{\"resourceUri\":" + uri + ",\"noteName\":\"projects/p/notes/build\",\"build\":{\"provenance\":{\"id\":\"1\"}}}";

    private static Client Grafeas(BridgeHost host) => new(host.Channel);

    private static Occurrence Build(Action<Occurrence>? change = null)
    {
        var occurrence = BuildSamples.Of("p", "1");
        change?.Invoke(occurrence);
        return occurrence;
    }

    private static Occurrence Nested(int levels)
    {
        var value = Value.ForNumber(1);
        for (var i = 0; i < levels; i++)
            value = Value.ForList(value);
        var zeroTwo = new SlsaProvenanceZeroTwo { BuildConfig = new Struct { Fields = { ["v"] = value } } };
        return Build(o => o.Build.IntotoStatement = new InTotoStatement { SlsaProvenanceZeroTwo = zeroTwo });
    }

    private static UpdateNoteRequest Masked(int paths)
    {
        var request = new UpdateNoteRequest { Name = "projects/p/notes/build", Note = new Note(), UpdateMask = new FieldMask() };
        request.UpdateMask.Paths.AddRange(Enumerable.Repeat("short_description", paths));
        return request;
    }

    private static Task<(string, string)> Create(BridgeHost host, Occurrence occurrence, Grpc.Core.Metadata? headers = null) =>
        Call(() => Grafeas(host).CreateOccurrenceAsync(new() { Parent = "projects/p", Occurrence = occurrence }, headers));

    private static Task<(string, string)> Filter(BridgeHost host, string filter) =>
        Call(() => Grafeas(host).ListNotesAsync(new() { Parent = "projects/p", Filter = filter }));

    private static Task<(string, string)> Batch(BridgeHost host, int count)
    {
        var request = new BatchCreateOccurrencesRequest { Parent = "projects/p" };
        for (var i = 0; i < count; i++)
            request.Occurrences.Add(Build());
        return Call(() => Grafeas(host).BatchCreateOccurrencesAsync(request));
    }

    private static Task<(string, string)> BatchNotes(BridgeHost host, int count)
    {
        var request = new BatchCreateNotesRequest { Parent = "projects/p" };
        for (var i = 0; i < count; i++)
            request.Notes.Add($"n{i}", new Note { Build = new BuildNote { BuilderVersion = "1" } });
        return Call(() => Grafeas(host).BatchCreateNotesAsync(request));
    }

    private static async Task<(string, string)> Call<T>(Func<AsyncUnaryCall<T>> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call().ResponseAsync);
        return (Name((int)refusal.StatusCode), refusal.Status.Detail);
    }

    private static Task<(string, string)> Get(BridgeHost host, string path, params (string, string)[] headers) =>
        Send(host, new HttpRequestMessage(HttpMethod.Get, path), headers);

    private static Task<(string, string)> Patch(BridgeHost host, string path) =>
        Send(host, new HttpRequestMessage(HttpMethod.Patch, path) { Content = new StringContent("{}", Encoding.UTF8, "application/json") }, []);

    private static Task<(string, string)> Post(BridgeHost host, string path, string body, bool chunked = false, params (string, string)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = chunked;
        return Send(host, request, headers);
    }

    private static async Task<(string, string)> Send(BridgeHost host, HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        using var owned = request;
        foreach ((var name, var value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await host.Rest.SendAsync(request, BuildSamples.Cancelled);
        var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync(BuildSamples.Cancelled))!;
        Assert.True((int)answer.StatusCode is 400 or 413 or 431, $"{answer.StatusCode}");
        return (Name((int)status["code"]!), (string)status["message"]!);
    }

    private static string Name(int code) => (StatusCode)code switch
    {
        StatusCode.InvalidArgument => Invalid,
        StatusCode.ResourceExhausted => Exhausted,
        var other => other.ToString(),
    };

    private sealed record Limit(
        string What, string Dialect, string Code, string Value, string Allowed, Func<BridgeHost, Task<(string Code, string Message)>> Call);
}

/// <summary>A service whose limits are small.</summary>
public sealed class SmallBridge : IAsyncLifetime
{
    private BridgeHost? host;

    public BridgeHost Host => host ?? throw new InvalidOperationException("The service has not been started.");

    public async ValueTask InitializeAsync()
    {
        host = await BridgeHost.StartAsync(
            "Ingest:MaxMessageBytes=65536", "Ingest:MaxBatch=3", "Ingest:MaxPageSize=5", "Ingest:MaxJsonDepth=8", "Ingest:MaxJsonValues=1000",
            "Ingest:MaxFilterLength=200", "Ingest:MaxFilterDepth=5", "Ingest:MaxFilterTerms=10",
            "Listen:MaxHeaderBytes=2048", "Listen:MaxHeaders=20");
        await BuildSamples.NoteAsync(host, "p");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
