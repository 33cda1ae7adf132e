using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using Grpc.Core;

namespace GrafeasBridge.Tests.Hosting;

/// <summary>What is too large is refused at the door, and the door stays open.</summary>
public sealed class SizeTests
{
    [Fact]
    public async Task A_body_larger_than_allowed_is_refused_on_both_dialects()
    {
        await using var host = await BridgeHost.StartAsync("Ingest:MaxMessageBytes=65536");
        await BuildSamples.NoteAsync(host, "ci");
        var large = BuildSamples.Of("ci", "1");
        large.Remediation = new string('x', 65536);
        var refused = await Assert.ThrowsAsync<RpcException>(() => BuildSamples.SendAsync(host, "ci", large));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);

        foreach (var told in new[] { true, false }) // with a length in its head, and without
        {
            using var body = new StringContent(Google.Protobuf.JsonFormatter.Default.Format(large), Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/projects/ci/occurrences") { Content = body };
            request.Headers.TransferEncodingChunked = !told;
            using var answer = await host.Rest.SendAsync(request, BuildSamples.Cancelled);
            var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync(BuildSamples.Cancelled))!;
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            Assert.Equal((int)StatusCode.ResourceExhausted, (int)status["code"]!);
        }

        Assert.NotEmpty((await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"))).Name);
    }
}
