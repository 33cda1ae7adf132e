using System.Text.Json;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Cli;

public sealed class AskTests : CliTest
{
    [Fact]
    public async Task A_version_is_shown_with_its_state_and_where_each_attribute_came_from()
    {
        Service.Versions = [Version(DeliveryState.Waiting)];

        var ending = await Gbridge.RunAsync("get", "bintray/acme/images/team:web/1.4.0");

        Assert.Equal(0, ending.Code);
        foreach (var part in new[] { "bintray/acme/images/team/web/1.4.0", "waiting", "3 (target has 2)", "build.id", "42", "build.provenance.id" })
            Assert.Contains(part, ending.Output);
        Assert.Empty(Service.Listed);
    }

    [Fact]
    public async Task The_target_may_be_left_out_when_only_one_has_the_version()
    {
        Service.Versions = [Version(DeliveryState.Verified, "1.3.9"), Version(DeliveryState.Verified, "1.4.1"), Version(DeliveryState.Verified, "1.4.0")];

        var ending = await Gbridge.RunAsync("get", "--subject", "acme", "--repo", "images", "--package", "team:web", "--version", "1.4.0", "--json");

        Assert.Equal(0, ending.Code);
        using var report = JsonDocument.Parse(Assert.Single(ending.Lines));
        Assert.Equal("VERIFIED", report.RootElement.GetProperty("summary").GetProperty("state").GetString());
        Assert.Equal(2, Service.Listed.Count);
    }

    [Fact]
    public async Task A_version_that_several_targets_have_is_not_guessed()
    {
        Service.Versions = [Version(DeliveryState.Verified, target: "a"), Version(DeliveryState.Verified, target: "b")];

        var ending = await Gbridge.RunAsync("get", "acme/images/team:web/1.4.0");

        Assert.Equal(2, ending.Code);
        Assert.Contains("a/acme/images/team/web/1.4.0, b/acme/images/team/web/1.4.0", ending.Errors);
    }

    [Theory]
    [InlineData("acme/images/team/web/1.4.0")]
    [InlineData("acme/images/team:web/1.4.0")]
    [InlineData("bintray/acme/images/team/web/1.4.0")]
    [InlineData("bintray/acme/images/team:web/1.4.0")]
    [InlineData("acme/images/team/web/1.4.0", "--target", "bintray")]
    [InlineData("bintray/acme/images/team/web/1.4.0", "--target", "bintray")]
    [InlineData("bintray/acme/images/team:web/1.4.0", "--target", "bintray")]
    public async Task A_path_names_the_package_in_either_spelling_with_or_without_the_target(params string[] arguments)
    {
        Service.Versions = [Version(DeliveryState.Verified)];

        var ending = await Gbridge.RunAsync(["get", .. arguments]);

        Assert.True(ending.Code == 0, ending.Errors);
        Assert.Contains("bintray/acme/images/team/web/1.4.0", ending.Output);
    }

    [Fact]
    public async Task A_path_that_may_mean_two_versions_is_not_guessed()
    {
        var other = Version(DeliveryState.Verified);
        (other.Subject, other.Repo, other.Package) = ("bintray", "acme", "images/team/web");
        Service.Versions = [Version(DeliveryState.Verified), other];

        var ending = await Gbridge.RunAsync("get", "bintray/acme/images/team/web/1.4.0");

        Assert.Equal(2, ending.Code);
        Assert.Contains("bintray/bintray/acme/images/team/web/1.4.0, bintray/acme/images/team/web/1.4.0", ending.Errors);
    }

    [Theory]
    [InlineData(3, "NOT_FOUND", "acme/images/web/9")]
    [InlineData(3, "NOT_FOUND", "acme/images/team/web/9")]
    [InlineData(3, "NOT_FOUND", "acme/images/team:web/9")]
    [InlineData(3, "NOT_FOUND", "bintray/acme/images/team:web/9")]
    [InlineData(3, "NOT_FOUND", "bintray/acme/images/team/web/9")]
    [InlineData(2, "is not a version", "acme/images")]
    [InlineData(2, "Which version", "--subject", "acme")]
    [InlineData(2, "not both", "acme/images/web/1", "--repo", "images")]
    [InlineData(2, "is not a version", "acme/images//1")]
    [InlineData(2, "is not a version", "bintray/acme/images/more/team:web/1")]
    [InlineData(2, "but --target is", "a/acme/images/team:web/1", "--target", "b")]
    public async Task What_cannot_be_found_or_understood_says_so(int code, string sentence, params string[] arguments)
    {
        var ending = await Gbridge.RunAsync(["get", .. arguments]);

        Assert.Equal((code, ""), (ending.Code, ending.Output));
        Assert.Contains(sentence, ending.Errors);
    }

    [Fact]
    public async Task Versions_are_read_page_by_page_up_to_the_limit()
    {
        Service.Versions = [.. Enumerable.Range(1, 5).Select(i => Version(DeliveryState.Parked, $"{i}.0"))];

        var all = await Gbridge.RunAsync("versions", "--state", "parked", "--commit", "abc", "--json");
        var some = await Gbridge.RunAsync("versions", "--limit", "3");

        Assert.Equal((0, 5), (all.Code, all.Lines.Length));
        Assert.Equal((DeliveryState.Parked, "abc"), (Service.Listed.First().State, Service.Listed.First().Commit));
        Assert.Contains("3.0", some.Output);
        Assert.DoesNotContain("4.0", some.Output);
        Assert.Contains("more than 3", some.Errors);
    }

    [Fact]
    public async Task No_version_is_an_answer_too()
    {
        var ending = await Gbridge.RunAsync("versions");

        Assert.Equal((0, "No version matches.\n"), (ending.Code, ending.Output));
    }

    [Fact]
    public async Task Explaining_shows_versions_and_attributes_and_sends_nothing()
    {
        Service.OnExplain = request => new ExplainResponse
        {
            Versions =
            {
                new ExplainedVersion
                {
                    Subject = "acme", Repo = "images", Package = "team/web", Version = "1.4.0", Resolver = "bintray-docker",
                    Attributes = { new MappedAttribute { Name = "build.id", Values = { request.Occurrence.Build.Provenance.Id }, Loss = "2 values" } },
                },
            },
        };
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("explain", file, "--project", "acme");

        Assert.Equal(0, ending.Code);
        foreach (var part in new[] { "acme/images/team/web/1.4.0 (resolver bintray-docker)", "build.id", "42", "left out: 2 values" })
            Assert.Contains(part, ending.Output);
        Assert.Empty(Service.Created);
    }

    [Fact]
    public async Task Explaining_what_would_be_refused_ends_with_2()
    {
        Service.OnExplain = _ => new ExplainResponse { Problems = { "note_name: is required" }, UnmappedReason = "No resolver." };
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("explain", file, "--project", "acme");

        Assert.Equal(2, ending.Code);
        Assert.Contains("would be refused: note_name: is required", ending.Output);
    }

    [Fact]
    public async Task Redelivering_shows_the_version_as_it_stands_then()
    {
        var ending = await Gbridge.RunAsync("redeliver", "bintray/acme/images/team:web/1.4.0");

        Assert.Equal(0, ending.Code);
        Assert.Contains("pending", ending.Output);
    }

    [Fact]
    public async Task Unmapped_occurrences_come_with_their_reason()
    {
        var ending = await Gbridge.RunAsync("unmapped", "acme");

        Assert.Equal(0, ending.Code);
        Assert.Contains("projects/acme/occurrences/1", ending.Output);
        Assert.Contains("No resolver knows the host ci.", ending.Output);
    }
}
