using System.Net;
using System.Text.Json.Nodes;
using GrafeasBridge.Store.Sqlite;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Store;
using GrafeasBridge.Tests.Support;
using Grpc.Core;
using Grpc.Health.V1;

namespace GrafeasBridge.Tests.Hosting;

/// <summary>Ready means that a write reaches the disk now. The full disk is a real one: this needs root.</summary>
public sealed class ReadinessTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [OwnStore]
    [Fact]
    [Needs(Need.Root)]
    public async Task A_full_disk_is_told_with_its_reason_until_there_is_room_again()
    {
        using var folder = new TemporaryFolder();
        var disk = Directory.CreateDirectory(folder.File("disk")).FullName;
        NeedsAttribute.Check(Need.Root);
        Assert.Equal(0, await SqliteHouse.RunAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk));
        try
        {
            await using var host = await BridgeHost.StartInAsync(folder.Path, "Store:Path=" + Path.Combine(disk, "bridge.db"));
            host.Logs.Expect(entry => entry.Event.Id == 2001 || IsReport(entry));
            await UntilAsync(host, HttpStatusCode.OK);
            await BuildSamples.NoteAsync(host, "ci");
            await FillAsync(host);
            await UntilAsync(host, HttpStatusCode.ServiceUnavailable);
            var answer = JsonNode.Parse(await (await ReadyAsync(host)).Content.ReadAsStringAsync(Cancelled))!;
            Assert.Equal("not ready", (string?)answer["status"]);
            var reason = answer["reasons"]![0]!;
            Assert.Equal("STORE_UNAVAILABLE", (string?)reason["reason"]);
            Assert.Contains("full", (string?)reason["message"], StringComparison.Ordinal);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await HealthAsync(host));
            using (var alive = await host.Rest.GetAsync(new Uri("/healthz", UriKind.Relative), Cancelled))
                Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

            Assert.Equal(0, await SqliteHouse.RunAsync("mount", "-o", "remount,size=64m", disk));
            await UntilAsync(host, HttpStatusCode.OK);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await HealthAsync(host));
            await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "after"));
        }
        finally
        {
            Assert.Equal(0, await SqliteHouse.RunAsync("umount", disk));
        }
    }

    [OwnStore]
    [Fact]
    public async Task A_database_locked_by_a_stranger_is_told_until_the_lock_is_gone()
    {
        using var folder = new TemporaryFolder();
        await using var host = await BridgeHost.StartInAsync(folder.Path);
        host.Logs.Expect(entry => entry.Event.Id == 2001 || IsReport(entry));
        await UntilAsync(host, HttpStatusCode.OK);
        using (var stranger = SqliteDatabase.Open(folder.File("bridge.db"), readOnly: false, TimeSpan.FromSeconds(30)))
        {
            stranger.Execute("begin immediate");
            await UntilAsync(host, HttpStatusCode.ServiceUnavailable);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await HealthAsync(host));
            stranger.Execute("rollback");
        }

        await UntilAsync(host, HttpStatusCode.OK);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await HealthAsync(host));
    }

    [Fact]
    public async Task A_service_that_nobody_knows_has_no_health()
    {
        await using var host = await BridgeHost.StartAsync();
        await Refusal.OfAsync(
            StatusCode.NotFound, new global::Grpc.Health.V1.Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest { Service = "none" }, cancellationToken: Cancelled));
    }

    // The framework logs each unhealthy answer as an error.
    private static bool IsReport(TestLogs.Entry entry) => entry.Event.Name == "HealthCheckEnd" && entry.Message.Contains("store", StringComparison.Ordinal);

    private static async Task FillAsync(BridgeHost host)
    {
        var number = 0;
        foreach (var size in new[] { 200_000, 20_000, 1 }) // down to what even the smallest write finds no room for
        {
            while (true)
            {
                var occurrence = BuildSamples.Of("ci", $"{++number}");
                occurrence.Remediation = new string('x', size);
                try
                {
                    await BuildSamples.SendAsync(host, "ci", occurrence);
                }
                catch (RpcException full) when (full.StatusCode == StatusCode.Unavailable)
                {
                    break;
                }
            }
        }
    }

    private static async Task UntilAsync(BridgeHost host, HttpStatusCode code)
    {
        while (true)
        {
            using var answer = await ReadyAsync(host);
            if (answer.StatusCode == code)
                return;
        }
    }

    private static Task<HttpResponseMessage> ReadyAsync(BridgeHost host) => host.Rest.GetAsync(new Uri("/readyz", UriKind.Relative), Cancelled);

    private static async Task<HealthCheckResponse.Types.ServingStatus> HealthAsync(BridgeHost host) =>
        (await new global::Grpc.Health.V1.Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest(), cancellationToken: Cancelled)).Status;
}
