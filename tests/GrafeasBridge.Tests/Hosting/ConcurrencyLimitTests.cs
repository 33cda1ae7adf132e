using System.Net;
using System.Text.Json.Nodes;
using Google.Rpc;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using Grpc.Core;

namespace GrafeasBridge.Tests.Hosting;

/// <summary>More calls at once than are allowed: refused, told so, and nobody who was let in suffers.</summary>
public sealed class ConcurrencyLimitTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_call_too_many_is_refused_on_both_dialects_with_a_hint_when_to_come_again_and_health_is_answered()
    {
        await using var host = await BridgeHost.StartAsync("Listen:MaxCalls=1");
        await BuildSamples.NoteAsync(host, "ci");
        host.Logs.Expect(entry => entry.Event.Name == "Overloaded");
        var (body, held, refused) = await HoldAsync(host);
        using var told = refused;
        Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        var status = JsonNode.Parse(await refused.Content.ReadAsStringAsync(BuildSamples.Cancelled))!;
        Assert.Equal((int)StatusCode.ResourceExhausted, (int)status["code"]!);
        Assert.Contains("Listen:MaxCalls", (string)status["message"]!, StringComparison.Ordinal);

        var exhausted = await Assert.ThrowsAsync<RpcException>(() => BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1")));
        Assert.Equal(StatusCode.ResourceExhausted, exhausted.StatusCode);
        Assert.Equal(1, exhausted.GetRpcStatus()!.GetDetail<RetryInfo>().RetryDelay.Seconds);
        using var health = await host.Rest.GetAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        body.End();
        using var served = await held;
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.NotEmpty((await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"))).Name);
        Assert.Single(host.Logs.Entries, entry => entry.Event.Name == "Overloaded"); // of many refusals
    }

    /// <summary>A call in hand that ends when it is told to, and the answer to the next one.</summary>
    private static async Task<(SlowBody Body, Task<HttpResponseMessage> Held, HttpResponseMessage Refused)> HoldAsync(BridgeHost host)
    {
        while (true)
        {
            var body = new SlowBody();
            var held = host.Rest.PostAsync(
                new Uri("/v1/projects/ci/notes?noteId=slow", UriKind.Relative), body, BuildSamples.Cancelled);
            await body.Sent;
            // Which of the two comes first is not ours to say: the slow one itself may be the one too many, and be told so in the end.
            for (var i = 0; i < 100; i++)
            {
                var answer = await host.Rest.GetAsync(new Uri("/v1/projects/ci/notes", UriKind.Relative), BuildSamples.Cancelled);
                if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                    return (body, held, answer);
                answer.Dispose();
            }

            body.End();
            (await held).Dispose();
        }
    }

    /// <summary>A note whose last byte is sent when the test says so.</summary>
    private sealed class SlowBody : HttpContent
    {
        private readonly TaskCompletionSource ends = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowBody() => Headers.ContentType = new("application/json");

        /// <summary>All but the last byte is on its way.</summary>
        public Task Sent => sent.Task;

        public void End() => ends.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{\"build\":{\"builderVersion\":\"1\"}"u8.ToArray());
            await stream.FlushAsync();
            sent.TrySetResult();
            await ends.Task;
            await stream.WriteAsync("}"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
