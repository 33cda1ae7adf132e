using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Tests.Ingest;
using GrafeasBridge.Tests.Query;
using Grpc.Core;
using Client = Grafeas.V1.Grafeas.GrafeasClient;

namespace GrafeasBridge.Tests.Rest;

/// <summary>
/// JSON values inside JSON values: whatever is accepted can be read again over both dialects, and what is too deep or no
/// message at all is the caller's fault.
/// </summary>
public sealed class DeepMessageTests(BridgeFixture fixture) : IClassFixture<BridgeFixture>
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Client Grafeas => new(fixture.Host.Channel);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_gRPC_accepts_can_be_read_again_by_everyone_and_what_is_deeper_is_refused(bool objects)
    {
        var project = objects ? "deep-objects" : "deep-lists";
        await BuildSamples.NoteAsync(fixture.Host, project);
        var deepest = 0;
        RpcException? refusal = null;
        for (var levels = 20; refusal is null; levels++)
        {
            try
            {
                var stored = await Grafeas.CreateOccurrenceAsync(
                    new CreateOccurrenceRequest { Parent = $"projects/{project}", Occurrence = Nested(project, levels, objects) }, cancellationToken: Cancelled);
                deepest = levels;
                Assert.Equal(HttpStatusCode.OK, (await fixture.Host.Rest.GetAsync($"/v1/{stored.Name}", Cancelled)).StatusCode);
            }
            catch (RpcException e)
            {
                refusal = e;
            }
        }

        Assert.Equal(objects ? 31 : 47, deepest);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains("more than 100 levels deep", refusal.Status.Detail, StringComparison.Ordinal);
        var all = await Grafeas.ListOccurrencesAsync(
            new ListOccurrencesRequest { Parent = $"projects/{project}", PageSize = 1000 }, cancellationToken: Cancelled);
        Assert.Equal(deepest - 19, all.Occurrences.Count);
        var listed = await fixture.Host.Rest.GetAsync($"/v1/projects/{project}/occurrences?pageSize=1000", Cancelled);
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
    }

    [Fact]
    public async Task The_deepest_JSON_that_REST_accepts_can_be_read_over_gRPC()
    {
        await BuildSamples.NoteAsync(fixture.Host, "deep-rest");
        // The parameters lie six objects below the body's own.
        var parameters = string.Concat(Enumerable.Repeat("{\"v\":", 26)) + "1" + new string('}', 26);
        var answer = await PostAsync(parameters);
        var created = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
        Assert.True(answer.IsSuccessStatusCode, created.ToJsonString());
        Assert.Equal((string?)created["name"], (await Grafeas.GetOccurrenceAsync(new GetOccurrenceRequest { Name = (string?)created["name"] }, cancellationToken: Cancelled)).Name);
        Assert.Single((await Grafeas.ListOccurrencesAsync(new ListOccurrencesRequest { Parent = "projects/deep-rest" }, cancellationToken: Cancelled)).Occurrences);

        var deeper = await PostAsync("{\"v\":" + parameters + "}");
        Assert.Equal(HttpStatusCode.BadRequest, deeper.StatusCode);
        Assert.Equal(
            "The body nests 33 levels deep; at most 32 are allowed (Ingest:MaxJsonDepth)",
            (string?)JsonNode.Parse(await deeper.Content.ReadAsStringAsync(Cancelled))!["message"]);
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_the_callers_fault()
    {
        var method = new Method<byte[], byte[]>(MethodType.Unary, "grafeas.v1.Grafeas", "GetNote", Bytes, Bytes);
        foreach (var rubbish in new byte[][] { [0xff], [0x0a, 0x7f, 1], [0x0a, 2, 0xff, 0xfe] })
        {
            var refusal = await Refusals.OfAsync(
                fixture.Host.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(cancellationToken: Cancelled), rubbish), StatusCode.InvalidArgument);
            Assert.StartsWith("The bytes sent are no GetNoteRequest that can be read", refusal.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("grafeas.v9.Grafeas", "GetNote")]
    [InlineData("grafeas.v1.Grafeas", "GetNothing")]
    public async Task A_method_that_is_not_there_is_UNIMPLEMENTED_over_gRPC(string service, string name)
    {
        var method = new Method<byte[], byte[]>(MethodType.Unary, service, name, Bytes, Bytes);
        var refusal = await Refusals.OfAsync(
            fixture.Host.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(cancellationToken: Cancelled), []), StatusCode.Unimplemented);
        Assert.Equal($"There is no method /{service}/{name}.", refusal.Status.Detail);
    }

    private Task<HttpResponseMessage> PostAsync(string parameters) => fixture.Host.Rest.PostAsync(
        "/v1/projects/deep-rest/occurrences",
        new StringContent(
            "{\"resourceUri\":\"r\",\"noteName\":\"projects/deep-rest/notes/build\",\"build\":{\"inTotoSlsaProvenanceV1\":{\"predicate\":{\"buildDefinition\":{\"externalParameters\":{\"p\":"
            + parameters + "}}}}}}", Encoding.UTF8, "application/json"),
        Cancelled);

    private static Occurrence Nested(string project, int levels, bool objects)
    {
        var value = Value.ForNumber(1);
        for (var i = 1; i < levels; i++)
            value = objects ? Value.ForStruct(new Struct { Fields = { ["v"] = value } }) : Value.ForList(value);
        var occurrence = BuildSamples.Of(project, "1");
        occurrence.Build = new BuildOccurrence
        {
            InTotoSlsaProvenanceV1 = new InTotoSlsaProvenanceV1
            {
                Predicate = new InTotoSlsaProvenanceV1.Types.SlsaProvenanceV1
                {
                    BuildDefinition = new InTotoSlsaProvenanceV1.Types.BuildDefinition { ExternalParameters = new Struct { Fields = { ["v"] = value } } },
                },
            },
        };
        return occurrence;
    }
}
