using GrafeasBridge.Delivery;
using GrafeasBridge.Health;
using GrafeasBridge.Store;
using GrafeasBridge.Telemetry;
using GrafeasBridge.Tests.Delivery;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Telemetry;

/// <summary>Health issues of deliveries, when they begin, and what is logged of them.</summary>
public sealed class HealthIssueTests : IAsyncLifetime
{
    private readonly TestLogs logs = new();
    private FakeBintray fake = null!;
    private DeliveryHost host = null!;

    public async ValueTask InitializeAsync()
    {
        fake = await FakeBintray.StartAsync();
        host = await DeliveryHost.StartAsync(logs, [(DeliveryHost.Main, fake)]);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await fake.DisposeAsync();
        logs.Dispose();
    }

    [Fact]
    public void A_bridge_with_nothing_to_do_has_no_health_issue() => Assert.Empty(host.HealthIssues.Now());

    [Fact]
    public void Deliveries_are_late_from_the_age_that_is_set()
    {
        var oldest = host.Clock.GetUtcNow();
        host.Metrics.Sampled(DeliveryHost.Main, new Backlog(3, 0, oldest));
        host.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1));
        Assert.Empty(host.HealthIssues.Now());
        host.Clock.Advance(TimeSpan.FromTicks(1));
        var late = Assert.Single(host.HealthIssues.Now());
        Assert.Equal((HealthReasons.DeliveryLate, DeliveryHost.Main, oldest, 3), (late.Reason, late.Target, late.Since, late.Count));
        Assert.Contains("Health:LateAfter (00:15:00)", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parked_and_drifted_versions_are_told_with_their_number()
    {
        host.Metrics.Sampled(DeliveryHost.Main, new Backlog(0, 1, null, 2));
        Assert.Equal(
            [(HealthReasons.VersionsParked, 1), (HealthReasons.VersionsDrifted, 2)], host.HealthIssues.Now().Select(c => (c.Reason, c.Count)));
    }

    [Theory]
    [InlineData(DeliveryOutcome.Unauthorized, HealthReasons.TargetUnauthorized, true)]
    [InlineData(DeliveryOutcome.Throttled, HealthReasons.TargetThrottled, false)]
    [InlineData(DeliveryOutcome.Unreachable, HealthReasons.TargetUnreachable, false)]
    internal void A_target_in_trouble_is_told_with_when_that_began(DeliveryOutcome outcome, string reason, bool atOnce)
    {
        var began = host.Clock.GetUtcNow();
        host.Target(DeliveryHost.Main).RateLimiter.Report(
            new AttemptResult(outcome, "its own words", TimeSpan.FromHours(1)), new GrafeasBridge.Mapping.VersionCoordinates("s", "r", "p", "1"));
        Assert.Equal(atOnce, host.HealthIssues.Now().Any());
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var trouble = Assert.Single(host.HealthIssues.Now());
        Assert.Equal((reason, DeliveryHost.Main, began), (trouble.Reason, trouble.Target, trouble.Since));
        Assert.DoesNotContain("its own words", trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_begins_and_what_ceases_is_logged_once_each()
    {
        using var loggers = logs.Factory();
        var news = new HealthTransitionLog(loggers.CreateLogger<HealthTransitionLog>());
        var refusal = new HealthIssue(HealthReasons.StoreUnavailable, "no room");
        var parked = new HealthIssue(HealthReasons.VersionsParked, "1 version is parked", "main", Count: 1);
        await TellAsync(news, [], [parked]);
        await TellAsync(news, [refusal], [parked with { Count = 2, Message = "2 versions are parked" }]);
        await TellAsync(news, [refusal], []);
        await TellAsync(news, [], []);
        Assert.Equal(
            [
                (5101, "Degraded, VERSIONS_PARKED: 1 version is parked"), (5100, "Not ready, STORE_UNAVAILABLE: no room"),
                (5102, "VERSIONS_PARKED is over at main"), (5102, "STORE_UNAVAILABLE is over at this bridge"),
            ],
            logs.Entries.Where(e => e.Category.EndsWith(nameof(HealthTransitionLog), StringComparison.Ordinal)).Select(e => (e.Event.Id, e.Message)));
    }

    private static Task TellAsync(HealthTransitionLog news, HealthIssue[] refusals, HealthIssue[] degraded)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { [ReadinessCheck.State] = new HealthState(refusals, degraded) };
        var entry = new HealthReportEntry(HealthStatus.Healthy, null, TimeSpan.Zero, null, data);
        return news.PublishAsync(
            new HealthReport(new Dictionary<string, HealthReportEntry>(StringComparer.Ordinal) { [ReadinessCheck.Name] = entry }, TimeSpan.Zero),
            TestContext.Current.CancellationToken);
    }
}
