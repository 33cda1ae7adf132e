using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>Repositories, packages and versions: statuses, recorded texts, shapes.</summary>
public sealed class ResourceTests
{
    private const string Licensed = """{"name":"app","licenses":["MIT"],"vcs_url":"https://example.com/app.git"}""";

    [Fact]
    public async Task A_repository_is_created_read_changed_listed_and_deleted()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        var created = await emulator.PostAsync("/repos/acme/generic", """{"name":"generic","type":"generic","desc":"files","labels":["a"],"unknown":1}""");
        Assert.Equal(201, created.Status);
        Assert.NotNull(created.Json["created"]);
        Assert.Equal("""{"message":"success"}""", (await emulator.PatchAsync("/repos/acme/generic", """{"desc":"changed"}""")).Text);
        var read = await emulator.GetAsync("/repos/acme/generic");
        Assert.Equal(("acme", "changed", 0), (read.Json["owner"]!.GetValue<string>(), read.Json["desc"]!.GetValue<string>(), read.Json["package_count"]!.GetValue<int>()));
        Assert.Equal("""[{"name":"generic","owner":"acme"}]""", (await emulator.GetAsync("/repos/acme")).Text);
        Assert.Equal("""{"message":"success"}""", (await emulator.DeleteAsync("/repos/acme/generic")).Text);
        Assert.Equal(404, (await emulator.GetAsync("/repos/acme/generic")).Status);
    }

    [Theory]
    [InlineData("/repos/nobody", "Subject 'nobody' was not found")]
    [InlineData("/repos/nobody/generic", "Subject 'nobody' was not found")]
    [InlineData("/packages/Acme/containers/team:web", "Subject 'Acme' was not found")]
    [InlineData("/packages/acme/other/team:web", "Repo 'other' was not found")]
    [InlineData("/packages/acme/containers/web", "Package 'web' was not found")]
    [InlineData("/packages/acme/containers/team:web/versions/2", "Version '2' was not found")]
    [InlineData("/packages/acme/containers/team:web/versions/2/attributes", "Version '2' was not found")]
    [InlineData("/packages/acme/containers/team:web/no-such-thing", "Not Found")]
    [InlineData("/", null)]
    public async Task What_is_missing_is_named_as_the_service_named_it(string path, string? message)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var reply = await emulator.GetAsync(path);
        Assert.Equal(message is null ? 200 : 404, reply.Status);
        if (message is not null)
            Assert.Equal($$"""{"message":"{{message}}"}""", reply.Text);
    }

    [Fact]
    public async Task Writing_to_a_missing_subject_or_repository_is_a_404()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        Assert.Equal("Subject 'acme' was not found", (await emulator.PostAsync("/packages/acme/generic", Licensed)).Message);
        await emulator.PostAsync("/repos/acme/other", "{}");
        Assert.Equal("Repo 'generic' was not found", (await emulator.PostAsync("/packages/acme/generic", Licensed)).Message);
    }

    [Theory]
    [InlineData("""{"name":"app","vcs_url":"x"}""", "Package for path 'acme/generic' was invalid. Package license is mandatory")]
    [InlineData("""{"name":"app","licenses":[],"vcs_url":"x"}""", "Package for path 'acme/generic' was invalid. Package license is mandatory")]
    [InlineData("""{"name":"app","licenses":["MIT"]}""", "Please enter a valid VCS URL for your OSS package.")]
    [InlineData("""{"name":"app","licenses":["MITT"],"vcs_url":"x"}""", "License 'MITT' does not exist")]
    public async Task A_public_package_must_name_its_licence_and_sources(string body, string message)
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        await emulator.PostAsync("/repos/acme/generic", "{}");
        var reply = await emulator.PostAsync("/packages/acme/generic", body);
        Assert.Equal((400, message), (reply.Status, reply.Message));
    }

    [Theory]
    [InlineData("""{"type":"docker"}""")]
    [InlineData("""{"premium":true}""")]
    [InlineData("""{"private":"true"}""")]
    public async Task Docker_premium_and_private_repositories_take_packages_without_licence(string repository)
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        await emulator.PostAsync("/repos/acme/generic", repository);
        Assert.Equal(201, (await emulator.PostAsync("/packages/acme/generic", """{"name":"app"}""")).Status);
    }

    [Fact]
    public async Task Custom_licences_need_a_premium_repository()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        await emulator.PostAsync("/repos/acme/generic", "{}");
        var reply = await emulator.PostAsync("/packages/acme/generic", """{"name":"app","custom_licenses":["ours"],"vcs_url":"x","licenses":["MIT"]}""");
        Assert.Equal((403, "Repository '/acme/generic' must be premium"), (reply.Status, reply.Message));
    }

    [Fact]
    public async Task A_package_shows_these_fields_in_this_order_and_no_others()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        await emulator.PostAsync("/repos/acme/generic", "{}");
        var created = await emulator.PostAsync("/packages/acme/generic", Licensed);
        Assert.Equal(201, created.Status);
        Assert.Equal(
            "name repo owner desc labels attribute_names licenses custom_licenses followers_count created website_url issue_tracker_url github_repo " +
            "github_release_notes_file public_download_numbers public_stats linked_to_repos permissions versions latest_version updated rating_count " +
            "system_ids vcs_url maturity",
            Keys(created.Json));
        Assert.Equal("", created.Json["website_url"]!.GetValue<string>());
        Assert.Equal(created.Text, (await emulator.GetAsync("/packages/acme/generic/app")).Text);
    }

    [Fact]
    public async Task A_package_is_changed_and_deleted_and_cannot_be_made_twice()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        await emulator.PostAsync("/repos/acme/generic", "{}");
        await emulator.PostAsync("/packages/acme/generic", Licensed);
        Assert.Equal(409, (await emulator.PostAsync("/packages/acme/generic", Licensed)).Status);
        Assert.Equal("""{"message":"success"}""", (await emulator.PatchAsync("/packages/acme/generic/app", """{"desc":"d","labels":["x","y"],"public_stats":"true"}""")).Text);
        var read = await emulator.GetAsync("/packages/acme/generic/app");
        Assert.Equal(("d", """["x","y"]""", true), (read.Json["desc"]!.GetValue<string>(), read.Json["labels"]!.ToJsonString(), read.Json["public_stats"]!.GetValue<bool>()));
        Assert.Equal(400, (await emulator.PatchAsync("/packages/acme/generic/app", """{"labels":"x"}""")).Status);
        Assert.Equal("""{"message":"success"}""", (await emulator.DeleteAsync("/packages/acme/generic/app")).Text);
        Assert.Equal(404, (await emulator.DeleteAsync("/packages/acme/generic/app")).Status);
    }

    [Fact]
    public async Task A_version_shows_these_fields_in_this_order_and_no_others()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var reply = await emulator.GetAsync(EmulatorHarness.Version);
        Assert.Equal(
            "name desc package repo owner labels published attribute_names created updated released ordinal github_release_notes_file " +
            "github_use_tag_release_notes vcs_tag rating_count",
            Keys(reply.Json));
        Assert.Contains("\"ordinal\":1.0,", reply.Text, StringComparison.Ordinal);
        Assert.Contains("\"desc\":null,", reply.Text, StringComparison.Ordinal);
        Assert.Contains("\"released\":\"\",", reply.Text, StringComparison.Ordinal);
        Assert.Matches("\"created\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\"", reply.Text);
        Assert.DoesNotContain("vcs_tag", (await emulator.AnonymousAsync("GET", EmulatorHarness.Version)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_made_twice_is_a_409_with_the_recorded_text()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var reply = await emulator.PostAsync(EmulatorHarness.Package + "/versions", """{"name":"1.4.0"}""");
        Assert.Equal((409, "Version 1.4.0 for path 'acme/containers/team:web' already exists"), (reply.Status, reply.Message));
    }

    [Theory]
    [InlineData("0.0.3-SNAPSHOT", "Unable to create version 0.0.3-SNAPSHOT at 'acme/containers/team:web'")]
    [InlineData("_latest", "Version name '_latest' is reserved")]
    [InlineData("", null)]
    [InlineData("a/b", null)]
    [InlineData("a b", null)]
    public async Task A_version_name_that_cannot_be_used_is_refused(string name, string? message)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var reply = await emulator.PostAsync(EmulatorHarness.Package + "/versions", new JsonObject { ["name"] = name }.ToJsonString());
        Assert.Equal(400, reply.Status);
        Assert.Equal(message ?? reply.Message, reply.Message);
    }

    [Theory]
    [InlineData("2019-07-07", "2019-07-07T00:00:00.000Z")]
    [InlineData("2026-11-02T08:15:30+0100", "2026-11-02T07:15:30.000Z")]
    [InlineData("2026-11-02T08:15:30.000Z", "2026-11-02T08:15:30.000Z")]
    [InlineData("", "")]
    public async Task A_release_date_is_taken_in_every_form_that_clients_send(string sent, string read)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal("""{"message":"success"}""", (await emulator.PatchAsync(EmulatorHarness.Version, $$"""{"released":"{{sent}}","name":"1.4.0"}""")).Text);
        Assert.Equal(read, (await emulator.GetAsync(EmulatorHarness.Version)).Json["released"]!.GetValue<string>());
    }

    [Fact]
    public async Task Versions_come_newest_first_and_latest_is_the_one_created_last()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(EmulatorHarness.Package + "/versions", """{"name":"1.3.9"}""");
        var package = await emulator.GetAsync(EmulatorHarness.Package);
        Assert.Equal("""["1.3.9","1.4.0"]""", package.Json["versions"]!.ToJsonString());
        Assert.Equal("1.3.9", package.Json["latest_version"]!.GetValue<string>());
        Assert.Equal("1.3.9", (await emulator.GetAsync(EmulatorHarness.Package + "/versions/_latest")).Json["name"]!.GetValue<string>());
        await emulator.DeleteAsync(EmulatorHarness.Package + "/versions/1.3.9");
        await emulator.DeleteAsync(EmulatorHarness.Version);
        Assert.Equal(404, (await emulator.GetAsync(EmulatorHarness.Package + "/versions/_latest")).Status);
    }

    [Fact]
    public async Task A_version_may_be_changed_by_post_as_the_npm_client_does()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal("""{"message":"success"}""", (await emulator.PostAsync(EmulatorHarness.Version, """{"desc":"x"}""")).Text);
        Assert.Equal("x", (await emulator.GetAsync(EmulatorHarness.Version)).Json["desc"]!.GetValue<string>());
    }

    [Fact]
    public async Task Head_tells_whether_something_exists_without_a_body()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        foreach (var path in new[] { "/repos/acme/containers", EmulatorHarness.Package, EmulatorHarness.Version })
            Assert.Equal((200, ""), await HeadAsync(emulator, path));

        Assert.Equal((404, ""), await HeadAsync(emulator, EmulatorHarness.Package + "/versions/9"));
    }

    [Fact]
    public async Task A_long_list_comes_in_pages_of_50_told_by_headers()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        for (var i = 0; i < 60; i++)
            await emulator.PostAsync("/packages/acme/containers", $$"""{"name":"app-{{i:00}}"}""");

        var first = await emulator.GetAsync("/repos/acme/containers/packages");
        Assert.Equal(("61", "0", "49"), (first.Header("X-RangeLimit-Total"), first.Header("X-RangeLimit-StartPos"), first.Header("X-RangeLimit-EndPos")));
        Assert.Equal("""{"name":"app-00","linked":false}""", first.Json[0]!.ToJsonString());
        var rest = await emulator.GetAsync("/repos/acme/containers/packages?start_pos=50");
        Assert.Equal((11, "60"), (rest.Json.AsArray().Count, rest.Header("X-RangeLimit-EndPos")));
        var few = await emulator.GetAsync("/repos/acme/containers/packages?start_name=app-5");
        Assert.Equal((10, null), (few.Json.AsArray().Count, few.Header("X-RangeLimit-Total")));
        Assert.Equal("50", (await emulator.AnonymousAsync("GET", "/repos/acme/containers/packages?start_pos=1")).Header("X-RangeLimit-Total"));
        Assert.Equal(400, (await emulator.GetAsync("/repos/acme/containers/packages?start_pos=x")).Status);
    }

    [Fact]
    public async Task Packages_repositories_and_users_are_found_by_name()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal("team:web", (await emulator.GetAsync("/search/packages?name=WEB&subject=acme&repo=containers")).Json[0]!["name"]!.GetValue<string>());
        Assert.Equal("[]", (await emulator.GetAsync("/search/packages?name=web&subject=other")).Text);
        Assert.Equal("containers", (await emulator.GetAsync("/search/repos?name=contain")).Json[0]!["name"]!.GetValue<string>());
        Assert.Equal("""[{"name":"acme"}]""", (await emulator.GetAsync("/search/users?name=acm")).Text);
        Assert.Equal("""["containers"]""", (await emulator.GetAsync("/users/acme")).Json["repos"]!.ToJsonString());
        Assert.Contains((await emulator.GetAsync("/licenses/oss_licenses")).Json.AsArray(), l => l!["name"]!.GetValue<string>() == "Apache-2.0");
    }

    private static string Keys(JsonNode json) => string.Join(' ', json.AsObject().Select(p => p.Key));

    private static async Task<(int, string)> HeadAsync(EmulatorHarness emulator, string path)
    {
        var reply = await emulator.SendAsync("HEAD", path);
        return (reply.Status, reply.Text);
    }
}
