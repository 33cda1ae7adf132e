using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Delivery;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GrafeasBridge.Tests.Delivery.TestKind;

/// <summary>A kind of target is a folder and one line: the whole service with one that it has never heard of.</summary>
public sealed class TestKindTests : IAsyncLifetime
{
    private const string Item = "prod/acme/images/team/web/1";

    private PropertyServer server = null!;

    public async ValueTask InitializeAsync() => server = await PropertyServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task It_delivers_and_verifies_without_types_and_leaves_what_is_others()
    {
        var item = server.Items[Item] = new(StringComparer.Ordinal) { ["owner"] = ["somebody"] };
        await using var host = await StartAsync();
        var occurrence = BuildSamples.WithFacts("ci", "1");
        occurrence.Build.Provenance.Creator = "Somebody With Capitals";
        occurrence.Build.Provenance.StartTime = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero));
        await SendAsync(host, occurrence);

        var summary = await BuildSamples.UntilAsync(host, BuildSamples.Version("1", "shelf"), DeliveryState.Verified);
        Assert.Equal(nameof(DeliveryOutcome.Delivered), summary.LastOutcome);
        Assert.Equal(["somebody"], item["owner"]);
        Assert.Contains(item.Values, values => values.Contains("somebody with capitals"));

        var report = await new Bridge.BridgeClient(host.Channel).GetVersionAsync(Compared(), cancellationToken: BuildSamples.Cancelled);
        Assert.True(report.Comparison.Equal, report.Comparison.ToString());
        Assert.Contains(report.Attributes, attribute => attribute.Type == V1.AttributeType.Date);
    }

    [Fact]
    public async Task Drift_is_found_and_repaired_by_the_same_comparison()
    {
        var item = server.Items[Item] = new(StringComparer.Ordinal);
        await using var host = await StartAsync(
            "Delivery:TotalTimeout=00:00:01", "Delivery:Lease=00:00:02", "Drift:FirstCheck=00:00:02", "Drift:Interval=00:00:10",
            "Drift:CallsPerMinute=6000", "Drift:OnDrift=Report");
        await SendAsync(host, BuildSamples.Of("ci", "1"));
        await BuildSamples.UntilAsync(host, BuildSamples.Version("1", "shelf"), DeliveryState.Verified);
        item["build.id"] = ["changed"];

        var drifted = await BuildSamples.UntilAsync(host, BuildSamples.Version("1", "shelf"), DeliveryState.Drifted);
        Assert.Contains("the target has changed in build.id.", drifted.LastReason, StringComparison.Ordinal);
        var report = await new Bridge.BridgeClient(host.Channel).GetVersionAsync(Compared(), cancellationToken: BuildSamples.Cancelled);
        Assert.Equal("build.id", Assert.Single(report.Comparison.Differences).Name);
    }

    [Fact]
    public async Task What_is_missing_is_parked_in_its_own_words()
    {
        await using var host = await StartAsync();
        host.Logs.Expect(entry => entry.Event.Name == "Reconciled");
        await SendAsync(host, BuildSamples.Of("ci", "1"));

        var parked = await BuildSamples.UntilAsync(host, BuildSamples.Version("1", "shelf"), DeliveryState.Parked);
        Assert.Equal(
            ("Missing", "Area 'prod' of target 'shelf' has no item 'acme/images/team/web/1'. Upload it, then redeliver."),
            (parked.LastOutcome, parked.LastReason));
    }

    [Theory]
    [InlineData("Targets:0:Area=7", "Targets:0:Area is '7'; set it to letters.")]
    [InlineData("Targets:0:NamesPerCall=0", "Targets:0:NamesPerCall is 0; set it to a value from 1 to 1000.")]
    [InlineData("Targets:0:Licenses:0=MIT", "Targets:0:Licenses is not a setting of a target of kind Properties; remove it or correct its spelling.")]
    [InlineData("Targets:0:Kind=Property", "Targets:0:Kind is 'Property', which is no kind of target; set it to one of: Bintray, Properties.")]
    public async Task A_setting_of_its_own_that_is_wrong_or_unknown_stops_the_start(string setting, string sentence)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(setting));

        Assert.Contains(sentence, refusal.Failures);
    }

    private static GetVersionRequest Compared()
    {
        var request = BuildSamples.Version("1", "shelf");
        request.Compare = true;
        return request;
    }

    private static async Task SendAsync(BridgeHost host, Grafeas.V1.Occurrence occurrence)
    {
        await BuildSamples.NoteAsync(host, "ci");
        await BuildSamples.SendAsync(host, "ci", occurrence);
    }

    private Task<BridgeHost> StartAsync(params string[] settings) => BridgeHost.StartAsync(
        builder => builder.Services.AddSingleton<ITargetKind, PropertyKind>(),
        [
            "Targets:0:Kind=Properties", "Targets:0:Name=shelf", $"Targets:0:BaseUrl={server.Url}", $"Targets:0:ApiKey={PropertyServer.Token}",
            "Targets:0:Area=prod", .. settings,
        ]);
}
