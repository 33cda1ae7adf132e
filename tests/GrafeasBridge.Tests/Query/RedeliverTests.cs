using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Tests.Query;

/// <summary>A parked version waits for a person, and goes on when the person says so: alone, or with all that a filter matches.</summary>
[OnBothStores]
public sealed class RedeliverTests : IAsyncLifetime
{
    private ParkingHost parking = null!;

    public async ValueTask InitializeAsync() => parking = await ParkingHost.StartAsync();

    public ValueTask DisposeAsync() => parking.DisposeAsync();

    [Fact]
    public async Task A_parked_version_is_tried_again_when_asked()
    {
        await BuildSamples.SendAsync(parking.Host, "ci", BuildSamples.Of("ci", "1"));
        var parked = await BuildSamples.UntilAsync(parking.Host, BuildSamples.Version("1", "main"), DeliveryState.Parked);
        Assert.NotEmpty(parked.LastReason);
        Assert.Null(parked.NextAttemptTime);

        await parking.MakeAsync("1");
        var again = await parking.Bridge.RedeliverAsync(BuildSamples.Again("1", "main"), cancellationToken: BuildSamples.Cancelled);
        Assert.Equal(0, again.Attempts);
        Assert.NotEqual(DeliveryState.Parked, again.State);
        var verified = await BuildSamples.UntilAsync(parking.Host, BuildSamples.Version("1", "main"), DeliveryState.Verified);
        Assert.Equal(verified.Revision, verified.SettledRevision);
        Assert.NotNull(verified.VerifiedTime);
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_be_redelivered_and_changes_nothing()
    {
        await parking.SendAsync("team/web", "1", "2");
        await parking.SendAsync("team/api", "3");
        var before = await parking.ListAsync("target:*");

        var would = await RunAsync(new() { Filter = """state="PARKED" AND package="team/web" """, ValidateOnly = true });
        Assert.Equal((2, 0, 0, ""), (would.Matched, would.Marked, would.Skipped, would.NextPageToken));
        Assert.Equal(["1", "2"], would.Sample.Select(v => v.Version));
        Assert.Equal(before, await parking.ListAsync("target:*"));
    }

    [Fact]
    public async Task All_that_a_filter_matches_is_redelivered_and_the_rest_stays_parked()
    {
        await parking.SendAsync("team/web", "1", "2");
        await parking.SendAsync("team/api", "3");
        await parking.MakeAsync("1");
        await parking.MakeAsync("2");
        using var question = new StringContent("""{"filter":"state=\"PARKED\" AND package=\"team/web\""}""", Encoding.UTF8, "application/json");
        using var answer = await parking.Host.Rest.PostAsync(
            new Uri("/bridge/v1/versions:redeliver", UriKind.Relative), question, BuildSamples.Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var told = JsonNode.Parse(await answer.Content.ReadAsStringAsync(BuildSamples.Cancelled))!;
        Assert.Equal(("2", "2"), ((string?)told["matched"], (string?)told["marked"]));
        foreach (var version in new[] { "1", "2" })
            await BuildSamples.UntilAsync(parking.Host, BuildSamples.Version(version, "main"), DeliveryState.Verified);
        Assert.Equal(["3"], (await parking.ListAsync("""state="PARKED" """)).Select(v => v.Version));

        Assert.Equal(0, (await RunAsync(new() { Filter = """state="PARKED" AND package="team/web" """ })).Matched);
    }

    [Fact]
    public async Task A_call_marks_no_more_than_it_was_told_and_its_token_goes_on()
    {
        await parking.SendAsync("team/web", "1", "2", "3", "4", "5");
        var request = new RedeliverVersionsRequest { Filter = """attempts > 0 AND state="PARKED" """, MaxVersions = 2, ValidateOnly = true };
        var ofDryRun = (await RunAsync(request)).NextPageToken;
        Assert.NotEmpty(ofDryRun);
        request.ValidateOnly = false;
        request.PageToken = ofDryRun;
        Assert.Contains("page_token", await RefusedAsync(request), StringComparison.Ordinal);

        request.PageToken = "";
        var seen = new List<string>();
        do
        {
            var part = await RunAsync(request);
            Assert.InRange(part.Marked, 0, 2);
            Assert.Equal(part.Matched, part.Marked + part.Skipped);
            seen.AddRange(part.Sample.Select(v => v.Version));
            request.PageToken = part.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal(["1", "2", "3", "4", "5"], seen);
    }

    [Fact]
    public async Task A_filter_that_no_index_serves_is_answered_in_steps_that_say_so()
    {
        await using var bounded = await ParkingHost.StartAsync("Ingest:MaxFilterScan=100");
        await bounded.SendAsync("team/web", [.. Enumerable.Range(0, 130).Select(i => i.ToString("D3", CultureInfo.InvariantCulture))]);
        const string Last = "last_reason:* AND version=\"129\"";
        var list = new ListVersionsRequest { Filter = Last };
        var page = await bounded.Bridge.ListVersionsAsync(list, cancellationToken: BuildSamples.Cancelled);
        Assert.Empty(page.Versions);
        list.PageToken = page.NextPageToken;
        page = await bounded.Bridge.ListVersionsAsync(list, cancellationToken: BuildSamples.Cancelled);
        Assert.Equal(("129", ""), (Assert.Single(page.Versions).Version, page.NextPageToken));

        var many = new RedeliverVersionsRequest { Filter = Last, ValidateOnly = true };
        var part = await bounded.Bridge.RedeliverVersionsAsync(many, cancellationToken: BuildSamples.Cancelled);
        Assert.Equal(0, part.Matched);
        many.PageToken = part.NextPageToken;
        part = await bounded.Bridge.RedeliverVersionsAsync(many, cancellationToken: BuildSamples.Cancelled);
        Assert.Equal((1, ""), (part.Matched, part.NextPageToken));
    }

    [Theory]
    [InlineData("", 0, "filter is required")]
    [InlineData("  ", 0, "filter")]
    [InlineData("state=\"LOST\"", 0, "at character 7")]
    [InlineData("attributes:*", 0, "VersionSummary has no such field")]
    [InlineData("state=\"PARKED\"", -1, "max_versions is -1")]
    [InlineData("state=\"PARKED\"", 100_001, "max_versions is 100001; at most 100000")]
    public async Task What_is_not_clear_is_refused_and_marks_nothing(string filter, int most, string named) =>
        Assert.Contains(named, await RefusedAsync(new() { Filter = filter, MaxVersions = most }), StringComparison.Ordinal);

    private async Task<RedeliverVersionsResponse> RunAsync(RedeliverVersionsRequest request) =>
        await parking.Bridge.RedeliverVersionsAsync(request, cancellationToken: BuildSamples.Cancelled);

    private async Task<string> RefusedAsync(RedeliverVersionsRequest request) =>
        (await Refusal.OfAsync(StatusCode.InvalidArgument, parking.Bridge.RedeliverVersionsAsync(request, cancellationToken: BuildSamples.Cancelled))).Detail;
}
