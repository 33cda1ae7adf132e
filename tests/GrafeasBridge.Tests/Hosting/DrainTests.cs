using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Api.Pipeline;
using GrafeasBridge.Hosting;
using GrafeasBridge.Tests.Support;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Hosting;

/// <summary>A stop turns readiness off first and goes on serving, so that others look elsewhere before a door closes.</summary>
public sealed class DrainTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stop_is_told_first_and_calls_are_served_until_the_delay_is_over()
    {
        using var folder = new TemporaryFolder();
        using var logs = new TestLogs();
        var clock = new TestClock(); // of the drain alone: everything else goes on
        await using var app = await Program.BuildAsync(
            BridgeHost.Settings(folder.Path, ["Listen:DrainDelay=00:00:07"]),
            logging => logging.AddProvider(logs),
            builder => builder.Services.AddSingleton(p => new Drain(
                p.GetRequiredService<IOptions<ServingOptions>>(), clock, p.GetRequiredService<ILogger<Drain>>())));
        await Startup.StartAsync(app, Cancelled);
        string[] addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        using var channel = GrpcChannel.ForAddress(addresses[0]);
        using var rest = new HttpClient { BaseAddress = new Uri(addresses[1]) };
        var health = new global::Grpc.Health.V1.Health.HealthClient(channel);
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(rest)).Code);

        var stop = app.StopAsync(Cancelled);
        await clock.WaitsForAsync(TimeSpan.FromSeconds(7));
        (var code, var answer) = await ReadyAsync(rest);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "STOPPING"), (code, (string?)answer["reasons"]![0]!["reason"]));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest(), cancellationToken: Cancelled)).Status);
        using (var body = new StringContent("""{"build":{"builderVersion":"1"}}""", Encoding.UTF8, "application/json"))
        using (var note = await rest.PostAsync(new Uri("/v1/projects/late/notes?noteId=build", UriKind.Relative), body, Cancelled))
        {
            Assert.Equal(HttpStatusCode.OK, note.StatusCode);
            Assert.True(note.Headers.ConnectionClose);
        }

        Assert.False(stop.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(7));
        await stop;
        await Assert.ThrowsAsync<HttpRequestException>(() => ReadyAsync(rest));
        Assert.Contains(logs.Entries, entry => entry.Event == new EventId(5001, "Draining"));
    }

    private static async Task<(HttpStatusCode Code, JsonNode Answer)> ReadyAsync(HttpClient rest)
    {
        using var answer = await rest.GetAsync(new Uri("/readyz", UriKind.Relative), Cancelled);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!);
    }
}
