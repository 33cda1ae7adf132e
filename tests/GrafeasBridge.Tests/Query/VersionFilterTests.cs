using System.Globalization;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Tests.Query;

/// <summary>Filters over versions, on the whole service: verified and parked ones of two packages.</summary>
[OnBothStores]
public sealed class VersionFilterTests(VersionFilterTests.Stock stock, ITestOutputHelper output) : IClassFixture<VersionFilterTests.Stock>
{
    // What a filter says, and the same said of a summary by hand.
    private static readonly (string Text, Func<VersionSummary, bool> Holds)[] Terms =
    [
        ("state=\"PARKED\"", v => v.State == DeliveryState.Parked),
        ("state!=VERIFIED", v => v.State != DeliveryState.Verified),
        ("state:*", _ => true),
        ("target=\"main\"", _ => true),
        ("target=\"elsewhere\"", _ => false),
        ("package=\"team/web\"", v => v.Package == "team/web"),
        ("package=\"team:web\"", v => v.Package == "team/web"),
        ("package!=\"team:web\"", v => v.Package != "team/web"),
        ("has_prefix(package, \"team:w\")", v => v.Package == "team/web"),
        ("package:\":w\"", v => v.Package == "team/web"),
        ("package=\"*api\"", v => v.Package == "team/api"),
        ("subject=\"acme\" AND repo=\"images\" AND package=\"team/web\"", v => v.Package == "team/web"),
        ("version>\"2\"", v => string.CompareOrdinal(v.Version, "2") > 0),
        ("has_prefix(version, \"1\")", v => v.Version.StartsWith('1')),
        ("lastOutcome:\"Missing\"", v => v.LastOutcome.Contains("Missing", StringComparison.Ordinal)),
        ("last_outcome=\"Missing\"", v => v.LastOutcome == "Missing"),
        ("lastReason:\"package\"", v => v.LastReason.Contains("package", StringComparison.Ordinal)),
        ("attempts>=1", v => v.Attempts >= 1),
        ("settled_revision=1", v => v.SettledRevision == 1),
        ("verifiedTime:*", v => v.VerifiedTime is not null),
        ("failing_since>\"2020-01-01T00:00:00Z\"", v => v.FailingSince is not null),
        ("updateTime<\"2020-01-01T00:00:00Z\"", _ => false),
        ("-nextAttemptTime:*", v => v.NextAttemptTime is null),
    ];

    [Fact]
    public async Task A_filter_finds_exactly_the_versions_of_which_it_holds()
    {
        var all = await stock.Parking.ListAsync("");
        Assert.Equal(12, all.Count);
        Assert.True(all.Select(v => v.State).Distinct().Count() == 2, "some are parked, some are verified");
        var random = new Random(Seeds.Next(output));
        var found = 0;
        for (var i = 0; i < PropertyRuns.Of(150); i++)
        {
            (var text, var holds) = Any(random, random.Next(3));
            var expected = all.Where(holds).ToList();
            found += expected.Count;
            Assert.True(expected.SequenceEqual(await PagesAsync(text, random.Next(1, 6))), text);
        }

        Assert.True(found > 100, "filters that find nothing prove nothing");
    }

    [Fact]
    public async Task A_filter_goes_together_with_the_other_fields()
    {
        var page = await stock.Parking.Bridge.ListVersionsAsync(
            new() { Package = "team/web", State = DeliveryState.Parked, Filter = "version<\"3\"" }, cancellationToken: BuildSamples.Cancelled);
        Assert.NotEmpty(page.Versions);
        Assert.All(page.Versions, v => Assert.Equal(("team/web", DeliveryState.Parked, true), (v.Package, v.State, string.CompareOrdinal(v.Version, "3") < 0)));
        Assert.Empty((await stock.Parking.Bridge.ListVersionsAsync(
            new() { State = DeliveryState.Verified, Filter = "state=PARKED" }, cancellationToken: BuildSamples.Cancelled)).Versions);
    }

    [Theory]
    [InlineData("state=\"GONE\"", "at character 7")]
    [InlineData("state=", "at character 7")]
    [InlineData("nothing=1", "nothing")]
    [InlineData("attempts=\"many\"", "a number")]
    [InlineData("update_time>yesterday", "RFC 3339")]
    public async Task A_filter_that_is_not_understood_is_refused_with_its_position(string filter, string named)
    {
        var status = await Refusal.OfAsync(
            StatusCode.InvalidArgument, stock.Parking.Bridge.ListVersionsAsync(new() { Filter = filter }, cancellationToken: BuildSamples.Cancelled));
        Assert.StartsWith("filter", status.Detail, StringComparison.Ordinal);
        Assert.Contains(named, status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_good_for_its_filter_only()
    {
        var request = new ListVersionsRequest { Filter = "state=PARKED", PageSize = 1 };
        request.PageToken = (await stock.Parking.Bridge.ListVersionsAsync(request, cancellationToken: BuildSamples.Cancelled)).NextPageToken;
        Assert.NotEmpty(request.PageToken);
        foreach (var other in new[] { "", "state=VERIFIED" })
        {
            request.Filter = other;
            await Refusal.OfAsync(StatusCode.InvalidArgument, stock.Parking.Bridge.ListVersionsAsync(request, cancellationToken: BuildSamples.Cancelled));
        }
    }

    private async Task<List<VersionSummary>> PagesAsync(string filter, int size)
    {
        var found = new List<VersionSummary>();
        var request = new ListVersionsRequest { Filter = filter, PageSize = size };
        do
        {
            var page = await stock.Parking.Bridge.ListVersionsAsync(request, cancellationToken: BuildSamples.Cancelled);
            Assert.InRange(page.Versions.Count, 0, size);
            found.AddRange(page.Versions);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return found;
    }

    private static (string Text, Func<VersionSummary, bool> Holds) Any(Random random, int depth)
    {
        if (depth == 0)
            return Terms[random.Next(Terms.Length)];
        (var left, var a) = Any(random, depth - 1);
        (var right, var b) = Any(random, depth - 1);
        return random.Next(3) switch
        {
            0 => (string.Create(CultureInfo.InvariantCulture, $"({left}) AND ({right})"), v => a(v) && b(v)),
            1 => (string.Create(CultureInfo.InvariantCulture, $"({left}) OR ({right})"), v => a(v) || b(v)),
            _ => (string.Create(CultureInfo.InvariantCulture, $"NOT ({left})"), v => !a(v)),
        };
    }

    /// <summary>Versions at rest: of two packages, of which the target has a few versions of one.</summary>
    public sealed class Stock : IAsyncLifetime
    {
        internal ParkingHost Parking { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Parking = await ParkingHost.StartAsync();
            foreach (var version in new[] { "1", "12", "3" })
                await Parking.MakeAsync(version);
            await Parking.SendAsync("team/web", "1", "2", "3", "10", "12", "22");
            await Parking.SendAsync("team/api", "1", "2", "3", "10", "12", "22");
        }

        public ValueTask DisposeAsync() => Parking.DisposeAsync();
    }
}
