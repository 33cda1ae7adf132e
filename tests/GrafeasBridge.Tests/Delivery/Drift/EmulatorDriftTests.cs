using System.Net.Http.Headers;
using System.Text;
using GrafeasBridge.Delivery.Embedded;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Microsoft.Extensions.DependencyInjection;

namespace GrafeasBridge.Tests.Delivery.Drift;

/// <summary>The whole service with the emulator that lives in it, in real time.</summary>
public sealed class EmulatorDriftTests
{
    private static readonly string[] Quick =
    [
        "Delivery:TotalTimeout=00:00:01", "Delivery:Lease=00:00:02", "Drift:FirstCheck=00:00:02", "Drift:Interval=00:00:10", "Drift:CallsPerMinute=6000",
    ];

    [Fact]
    public async Task Drift_is_shown_with_its_reason_and_a_redelivery_brings_back_what_was_sent()
    {
        await using var host = await BridgeHost.StartAsync([.. Quick, "Drift:OnDrift=Report"]);
        var sent = await DeliverAsync(host);
        var name = sent.Keys.Order(StringComparer.Ordinal).First();
        await AtTargetAsync(host, HttpMethod.Patch, "/attributes", $$"""[{"name":"{{name}}","values":["changed"],"type":"string"}]""");

        var drifted = await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), DeliveryState.Drifted);
        Assert.Contains($"the target has changed in {name}.", drifted.LastReason, StringComparison.Ordinal);
        Assert.Equal(drifted.Revision, drifted.SettledRevision);

        await new Bridge.BridgeClient(host.Channel).RedeliverAsync(BuildSamples.Again("1"), cancellationToken: BuildSamples.Cancelled);
        await EmulatorAttributes.OfAsync(host, "acme/images/team:web/1", carried => carried.OrderBy(a => a.Key).SequenceEqual(sent.OrderBy(a => a.Key)));
    }

    [Fact]
    public async Task What_was_deleted_is_created_again_by_itself_where_that_is_wanted()
    {
        await using var host = await BridgeHost.StartAsync([.. Quick, "Drift:OnDeleted=Recreate"]);
        var sent = await DeliverAsync(host);
        await AtTargetAsync(host, HttpMethod.Delete, "", null);

        await EmulatorAttributes.OfAsync(host, "acme/images/team:web/1", carried => carried.OrderBy(a => a.Key).SequenceEqual(sent.OrderBy(a => a.Key)));
    }

    private static async Task<IReadOnlyDictionary<string, string>> DeliverAsync(BridgeHost host)
    {
        await BuildSamples.NoteAsync(host, "ci");
        await BuildSamples.SendAsync(host, "ci", BuildSamples.Of("ci", "1"));
        await BuildSamples.UntilAsync(host, BuildSamples.Version("1"), DeliveryState.Verified);
        return await EmulatorAttributes.OfAsync(host, "acme/images/team:web/1");
    }

    /// <summary>Somebody else's call.</summary>
    private static async Task AtTargetAsync(BridgeHost host, HttpMethod method, string below, string? body)
    {
        var target = host.Services.GetRequiredService<EmbeddedTarget>();
        using var http = new HttpClient { BaseAddress = host.Emulator };
        var user = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{target.Username}:{target.ApiKey.Reveal()}"));
        using var request = new HttpRequestMessage(method, new Uri($"packages/acme/images/team:web/versions/1{below}", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", user);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request, BuildSamples.Cancelled);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(BuildSamples.Cancelled)}");
    }
}
