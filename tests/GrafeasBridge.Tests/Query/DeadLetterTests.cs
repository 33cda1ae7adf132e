using System.Text.Json.Nodes;
using GrafeasBridge.Delivery;
using GrafeasBridge.Mapping;
using GrafeasBridge.Query;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using DeliveryState = GrafeasBridge.V1.DeliveryState;
using StoreState = GrafeasBridge.Store.DeliveryState;

namespace GrafeasBridge.Tests.Query;

/// <summary>What a person is told of versions that did not arrive, and of targets.</summary>
[OnBothStores]
public sealed class DeadLetterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_parked_version_says_what_is_wrong_since_when_and_what_to_do()
    {
        await using var parking = await ParkingHost.StartAsync();
        await parking.SendAsync("team/web", "1");
        var report = await GetAsync(parking, "1");
        Assert.Equal(DeliveryState.Parked, report.Summary.State);
        Assert.NotNull(report.Summary.FailingSince);
        Assert.Contains("target does not have the version", report.Explanation.Problem, StringComparison.Ordinal);
        Assert.StartsWith("Create it at the target", report.Explanation.Advice, StringComparison.Ordinal);
        Assert.Equal("gbridge redeliver main/acme/images/team/web/1", report.Explanation.Command);
        Assert.Null(report.Comparison);

        await parking.MakeAsync("1");
        await parking.Bridge.RedeliverAsync(BuildSamples.Again("1", "main"), cancellationToken: BuildSamples.Cancelled);
        await BuildSamples.UntilAsync(parking.Host, BuildSamples.Version("1", "main"), DeliveryState.Verified);
        report = await GetAsync(parking, "1");
        Assert.Null(report.Explanation);
        Assert.Null(report.Summary.FailingSince);
    }

    [Fact]
    public async Task Comparing_reads_the_target_and_shows_what_differs_there()
    {
        await using var parking = await ParkingHost.StartAsync();
        await parking.MakeAsync("1");
        await parking.SendAsync("team/web", "1", "2");
        var same = (await GetAsync(parking, "1", compare: true)).Comparison;
        Assert.Equal((true, 0, ""), (same.Equal, same.Differences.Count, same.Problem));

        await parking.MeddleAsync("1", "build.id", "somebody else's");
        var other = (await GetAsync(parking, "1", compare: true)).Comparison;
        Assert.False(other.Equal);
        var difference = Assert.Single(other.Differences);
        Assert.Equal(("build.id", "b-1", "somebody else's"), (difference.Name, Assert.Single(difference.Wanted), Assert.Single(difference.Carried)));

        var missing = (await GetAsync(parking, "2", compare: true)).Comparison;
        Assert.False(missing.Equal);
        Assert.NotEmpty(missing.Problem);
    }

    [Fact]
    public async Task Targets_tell_what_waits_for_them_and_how_they_do()
    {
        await using var parking = await ParkingHost.StartAsync();
        await parking.MakeAsync("1");
        await parking.SendAsync("team/web", "1", "2", "3");
        var target = Assert.Single((await parking.Bridge.ListTargetsAsync(new(), cancellationToken: BuildSamples.Cancelled)).Targets);
        Assert.Equal(("main", 0, 2, 0), (target.Name, target.Backlog, target.Parked, target.Drifted));
        Assert.Null(target.OldestTime);
        Assert.Null(target.PausedUntil);
        Assert.Null(target.Limit);
        Assert.True(target.Concurrency > 0 && target.CallsPerVersion > 0, target.ToString());

        using var answer = await parking.Host.Rest.GetAsync(new Uri("/bridge/v1/targets", UriKind.Relative), BuildSamples.Cancelled);
        Assert.Equal("2", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(BuildSamples.Cancelled))!["targets"]![0]!["parked"]);
    }

    [Fact]
    public void Every_way_in_which_a_version_can_be_parked_has_an_explanation_of_its_own()
    {
        var told = new List<string>();
        foreach (var outcome in Enum.GetValues<DeliveryOutcome>())
        {
            if (outcome.Meaning().Nature is OutcomeNature.Done or OutcomeNature.NotSettled)
                continue;
            var explanation = Explanations.Of(Row(StoreState.Parked, outcome.ToString()));
            Assert.False(string.IsNullOrEmpty(explanation?.Advice), $"{outcome} has no advice");
            told.Add(explanation.Problem);
        }

        Assert.Equal(told.Count, told.Distinct().Count());
    }

    [Theory]
    [InlineData(DeliveryState.Waiting, true)]
    [InlineData(DeliveryState.Drifted, true)]
    [InlineData(DeliveryState.Parked, true)]
    [InlineData(DeliveryState.Pending, false)]
    [InlineData(DeliveryState.Delivering, false)]
    [InlineData(DeliveryState.Verified, false)]
    public void Only_what_did_not_arrive_is_explained(DeliveryState state, bool explained) =>
        Assert.Equal(explained, Explanations.Of(Row((StoreState)state, "Unreachable")) is not null);

    [Fact]
    public void A_command_can_be_pasted_whatever_the_version_is_called()
    {
        var odd = Row(StoreState.Parked, "Rejected") with { Coordinates = new VersionCoordinates("acme", "images", "a b", "1'; rm") };
        Assert.Equal("""gbridge redeliver 'main/acme/images/a b/1'\''; rm'""", Explanations.Of(odd)!.Command);
    }

    private static VersionRow Row(StoreState state, string outcome) => new(
        1, "main", new VersionCoordinates("acme", "images", "team/web", "1"), state, 2, 1, 3, null, outcome, "Said so.", Now, null, Now);

    private static async Task<VersionReport> GetAsync(ParkingHost parking, string version, bool compare = false)
    {
        var request = BuildSamples.Version(version, "main");
        request.Compare = compare;
        return await parking.Bridge.GetVersionAsync(request, cancellationToken: BuildSamples.Cancelled);
    }
}
