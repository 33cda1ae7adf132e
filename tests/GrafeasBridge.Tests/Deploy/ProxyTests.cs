using System.Net;
using System.Text.Json.Nodes;
using Grafeas.V1;
using GrafeasBridge.Tests.Ingest;
using GrafeasBridge.Tests.Support;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GrafeasBridge.Tests.Deploy;

/// <summary>deploy/haproxy: the proxy really run, before real bridges.</summary>
[Needs(Need.HAProxy)]
public sealed class ProxyTests
{
    private const string Note = "projects/p/notes/n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_of_one_connection_are_spread_over_both_bridges()
    {
        await using var one = await BridgeHost.StartAsync();
        await using var other = await BridgeHost.StartAsync();
        await using var proxy = await BeforeAsync(one, other);
        for (var i = 0; i < 20; i++)
            await CreateAsync(proxy.Channel, i);
        Assert.Equal((10, 10), (await CountAsync(one), await CountAsync(other)));
    }

    [Fact]
    public async Task No_call_fails_and_none_is_lost_while_a_bridge_stops()
    {
        using var folder = new TemporaryFolder();
        await using var staying = await BridgeHost.StartAsync();
        var stopping = await BridgeHost.StartInAsync(folder.Path, "Listen:DrainDelay=00:00:03");
        await using var proxy = await BeforeAsync(staying, stopping);
        using var done = new CancellationTokenSource();
        Task<int>[] senders = [.. Enumerable.Range(0, 8).Select(_ => SendUntilAsync(proxy.Channel, done.Token))];
        await stopping.DisposeAsync();
        await proxy.UntilUpAsync(1);
        await CreateAsync(proxy.Channel, 0); // the other goes on alone
        await done.CancelAsync();
        var answered = await Task.WhenAll(senders); // any refusal would have thrown: nothing is sent twice here
        await using var again = await BridgeHost.StartInAsync(folder.Path);
        var there = await CountAsync(again);
        Assert.True(there > 0, "no call went to the bridge that stopped");
        Assert.Equal(answered.Sum() + 1, there + await CountAsync(staying));
    }

    [Fact]
    public async Task What_may_have_been_stored_is_not_sent_again_by_the_proxy()
    {
        var calls = 0;
        var ports = ServiceProcess.FreePorts(2);
        await using var dying = Listening(ports, context =>
        {
            if (context.Request.Path == "/readyz")
                return Task.CompletedTask;
            Interlocked.Increment(ref calls);
            context.Abort(); // as a bridge that is killed after it wrote and before it answered
            return Task.CompletedTask;
        });
        await dying.StartAsync(Cancelled);
        await using var proxy = await Proxy.StartAsync((ports[0], ports[1]));
        await proxy.UntilUpAsync(1);
        await Assert.ThrowsAsync<RpcException>(() => CreateAsync(proxy.Channel, 1));
        Assert.Equal(1, calls);
        using var answer = await proxy.Rest.PostAsync(new Uri("/v1/projects/p/occurrences", UriKind.Relative), new StringContent("{}"), Cancelled);
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_bridge_that_is_gone_is_passed_over_and_both_gone_is_UNAVAILABLE()
    {
        await using var there = await BridgeHost.StartAsync();
        var nobody = ServiceProcess.FreePorts(2);
        await using var proxy = await Proxy.StartAsync((there.GrpcUri.Port, there.Rest.BaseAddress!.Port), (nobody[0], nobody[1]));
        await NoteAsync(there);
        await proxy.UntilUpAsync(1);
        for (var i = 0; i < 4; i++)
            await CreateAsync(proxy.Channel, i);

        await using var alone = await Proxy.StartAsync((nobody[0], nobody[1]));
        await alone.UntilUpAsync(0);
        var refused = await Assert.ThrowsAsync<RpcException>(() => CreateAsync(alone.Channel, 1));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        using var answer = await alone.Rest.GetAsync(new Uri("/v1/projects/p/notes", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(14, (int?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!["code"]);
        using var own = await alone.Own.GetAsync(new Uri("/readyz", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, own.StatusCode);
    }

    [Fact]
    public async Task REST_and_its_refusals_come_through_unchanged()
    {
        await using var host = await BridgeHost.StartAsync();
        await using var proxy = await Proxy.StartAsync((host.GrpcUri.Port, host.Rest.BaseAddress!.Port));
        await proxy.UntilUpAsync(1);
        foreach (var path in (string[])["/v1/projects/p/notes", "/v1/projects/p/notes/none", "/nowhere", $"/v1/projects/p/notes?filter={new string('a', 33_000)}"])
        {
            using var direct = await host.Rest.GetAsync(new Uri(path, UriKind.Relative), Cancelled);
            using var through = await proxy.Rest.GetAsync(new Uri(path, UriKind.Relative), Cancelled);
            Assert.Equal(direct.StatusCode, through.StatusCode);
            Assert.Equal(await direct.Content.ReadAsStringAsync(Cancelled), await through.Content.ReadAsStringAsync(Cancelled));
        }
    }

    private static async Task<Proxy> BeforeAsync(params BridgeHost[] bridges)
    {
        foreach (var bridge in bridges)
            await NoteAsync(bridge);
        var proxy = await Proxy.StartAsync([.. bridges.Select(b => (b.GrpcUri.Port, b.Rest.BaseAddress!.Port))]);
        await proxy.UntilUpAsync(bridges.Length);
        return proxy;
    }

    private static Task<Note> NoteAsync(BridgeHost bridge) => new Grafeas.V1.Grafeas.GrafeasClient(bridge.Channel)
        .CreateNoteAsync(new CreateNoteRequest { Parent = "projects/p", NoteId = "n", Note = Samples.BuildNote() }, cancellationToken: Cancelled)
        .ResponseAsync;

    private static Task<Occurrence> CreateAsync(GrpcChannel channel, int i) => new Grafeas.V1.Grafeas.GrafeasClient(channel)
        .CreateOccurrenceAsync(new CreateOccurrenceRequest { Parent = "projects/p", Occurrence = Samples.Build(Note, $"b{i}") }, cancellationToken: Cancelled)
        .ResponseAsync;

    private static async Task<int> SendUntilAsync(GrpcChannel channel, CancellationToken done)
    {
        var sent = 0;
        for (; !done.IsCancellationRequested; sent++)
            await CreateAsync(channel, sent);
        return sent;
    }

    private static async Task<int> CountAsync(BridgeHost bridge)
    {
        var client = new Grafeas.V1.Grafeas.GrafeasClient(bridge.Channel);
        var request = new ListOccurrencesRequest { Parent = "projects/p", PageSize = 1000 };
        var count = 0;
        do
        {
            var page = await client.ListOccurrencesAsync(request, cancellationToken: Cancelled);
            count += page.Occurrences.Count;
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return count;
    }

    private static WebApplication Listening(int[] ports, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, ports[0], door => door.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, ports[1], door => door.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Run(answer);
        return app;
    }
}
