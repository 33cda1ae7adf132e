using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Cli;

/// <summary>What an operator types when something is stuck.</summary>
public sealed class DeadLetterTests : CliTest
{
    private const string Filter = "state=\"PARKED\"";

    [Fact]
    public async Task Parked_versions_are_shown_with_since_when_and_why()
    {
        Service.Versions = [Parked("1")];

        var table = await Gbridge.RunAsync("parked", "--filter", "attempts > 3", "--target", "bintray");
        var json = await Gbridge.RunAsync("parked", "--json");

        Assert.Equal((0, 0), (table.Code, json.Code));
        foreach (var part in new[] { "bintray/acme/images/team/web/1", "2026-11-23 09:00:00Z", "Missing", "There is no repository." })
            Assert.Contains(part, table.Output);
        var asked = Service.Listed.First();
        Assert.Equal((DeliveryState.Parked, "attempts > 3", "bintray"), (asked.State, asked.Filter, asked.Target));
        using var line = JsonDocument.Parse(Assert.Single(json.Lines));
        Assert.Equal("2026-11-23T09:00:00Z", line.RootElement.GetProperty("failingSince").GetString());
    }

    [Fact]
    public async Task Versions_are_listed_by_filter()
    {
        var none = await Gbridge.RunAsync("versions", "--filter", Filter);
        var parked = await Gbridge.RunAsync("parked");

        Assert.Equal((0, Filter), (none.Code, Service.Listed.First().Filter));
        Assert.Equal("No version is parked.\n", parked.Output);
    }

    [Fact]
    public async Task A_version_is_explained_and_compared_when_asked()
    {
        Service.Versions = [Version(DeliveryState.Parked)];
        Service.Report = new VersionReport
        {
            Explanation = new VersionExplanation { Problem = "No such repository.", Advice = "Create it.", Command = "gbridge redeliver x" },
            Comparison = new VersionComparison { Differences = { new AttributeDifference { Name = "build.id", Wanted = { "42" }, Carried = { "41" } } } },
        };

        var plain = await Gbridge.RunAsync("get", "bintray/acme/images/team:web/1.4.0");
        var compared = await Gbridge.RunAsync("get", "bintray/acme/images/team:web/1.4.0", "--compare");

        foreach (var part in new[] { "No such repository.", "Create it.", "gbridge redeliver x" })
            Assert.Contains(part, plain.Output);
        Assert.DoesNotContain("The target has", plain.Output);
        foreach (var part in new[] { "The target has", "41" })
            Assert.Contains(part, compared.Output);
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_redelivered()
    {
        Service.Versions = [Parked("1"), Parked("2"), Parked("3")];

        var ending = await Gbridge.RunAsync("redeliver", "--filter", Filter, "--dry-run");

        Assert.Equal(0, ending.Code);
        Assert.Contains("bintray/acme/images/team/web/1", ending.Output);
        Assert.Contains("3 versions would be redelivered. The first 1 are shown.", ending.Output);
        Assert.All(Service.Redelivered, request => Assert.Equal((Filter, true), (request.Filter, request.ValidateOnly)));
    }

    [Fact]
    public async Task A_dry_run_of_one_version_changes_nothing_either()
    {
        Service.Versions = [Version(DeliveryState.Parked)];

        var ending = await Gbridge.RunAsync("redeliver", "bintray/acme/images/team:web/1.4.0", "--dry-run");

        Assert.Equal(0, ending.Code);
        Assert.Contains("parked", ending.Output);
    }

    [Fact]
    public async Task Without_a_person_many_are_redelivered_only_when_told_yes()
    {
        Service.Versions = [Parked("1"), Parked("2")];

        var unsure = await Gbridge.RunAsync("redeliver", "--filter", Filter);
        Assert.Equal((2, ""), (unsure.Code, unsure.Output));
        Assert.Contains("2 versions match. Nobody is there to ask: say --yes", unsure.Errors);
        Assert.All(Service.Redelivered, request => Assert.True(request.ValidateOnly));

        Service.Redelivered.Clear();
        var sure = await Gbridge.RunAsync("redeliver", "--filter", Filter, "--yes");
        Assert.Equal(0, sure.Code);
        Assert.Contains("2 versions will be redelivered.", sure.Output);
        Assert.Equal(["", "1"], Service.Redelivered.Select(request => request.PageToken));
        Assert.All(Service.Redelivered, request => Assert.False(request.ValidateOnly));

        var json = await Gbridge.RunAsync("redeliver", "--filter", Filter, "--yes", "--json");
        using var line = JsonDocument.Parse(Assert.Single(json.Lines));
        Assert.Equal("2", line.RootElement.GetProperty("marked").GetString());
    }

    [Theory]
    [InlineData("not both", "acme/images/web/1", "--filter", "state=PARKED")]
    [InlineData("Which version", "--dry-run")]
    public async Task What_is_meant_must_be_said_once(string sentence, params string[] arguments)
    {
        var ending = await Gbridge.RunAsync(["redeliver", .. arguments]);

        Assert.Equal((2, ""), (ending.Code, ending.Output));
        Assert.Contains(sentence, ending.Errors);
        Assert.Empty(Service.Redelivered);
    }

    [Fact]
    public async Task Targets_are_shown_with_what_is_known_of_them()
    {
        Service.Targets =
        [
            new TargetReport
            {
                Name = "main", Backlog = 100_000, Parked = 7, PausedUntil = Timestamp.FromDateTime(new DateTime(2026, 11, 23, 9, 0, 0, DateTimeKind.Utc)),
                PauseReason = "It asked to wait.", Limit = new CallLimit { Calls = 300, Window = Duration.FromTimeSpan(TimeSpan.FromHours(1)), Source = "Refusals" },
                Concurrency = 4, CallsPerVersion = 2.5, TimeToDrain = Duration.FromTimeSpan(TimeSpan.FromSeconds(90)),
            },
            new TargetReport { Name = "mirror" },
        ];

        var table = await Gbridge.RunAsync("targets");
        var json = await Gbridge.RunAsync("targets", "--json");

        Assert.Equal(0, table.Code);
        foreach (var part in new[] { "main", "100000", "2026-11-23 09:00:00Z It asked to wait.", "300 in 3600 s (refusals)", "2.5", "90 s", "mirror" })
            Assert.Contains(part, table.Output);
        Assert.Equal(2, json.Lines.Length);
    }

    private static VersionSummary Parked(string version)
    {
        var parked = Version(DeliveryState.Parked, version);
        parked.FailingSince = Timestamp.FromDateTime(new DateTime(2026, 11, 23, 9, 0, 0, DateTimeKind.Utc));
        (parked.LastOutcome, parked.LastReason) = ("Missing", "There is no repository.");
        return parked;
    }
}
