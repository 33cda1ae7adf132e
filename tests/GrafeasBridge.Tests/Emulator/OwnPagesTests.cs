using BintrayEmulator;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>That the emulator says what it is, and keeps what it was told.</summary>
public sealed class OwnPagesTests
{
    [Fact]
    public async Task Page_header_and_log_say_that_this_is_an_emulator()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var page = await emulator.AnonymousAsync("GET", "/");
        Assert.Equal((200, "text/html"), (page.Status, page.ContentType));
        Assert.Contains("This is an emulator of the Bintray REST API", page.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/packages/acme/containers/team%3Aweb/versions/1.4.0/attributes\"", page.Text, StringComparison.Ordinal);
        foreach (var path in new[] { "/", "/healthz", "/nope", EmulatorHarness.Version })
            Assert.StartsWith("BintrayEmulator/", (await emulator.GetAsync(path)).Header("Server"), StringComparison.Ordinal);

        Assert.Contains(emulator.Logs.Entries, e => e.Event.Id == 6000 && e.Level == LogLevel.Information && e.Message.Contains("emulator", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_on_the_page_are_text_and_not_markup()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PatchAsync(EmulatorHarness.Package, """{"desc":"<script>"}""");
        Assert.Equal(400, (await emulator.PostAsync("/packages/acme/containers", """{"name":"<script>"}""")).Status);
        Assert.DoesNotContain("<script", (await emulator.GetAsync("/")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_answered_is_there_after_a_restart()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(EmulatorHarness.Attributes, """[{"name":"a","values":["x","y"]},{"name":"n","values":[1.50]}]""");
        await emulator.PostAsync("/webhooks/acme/containers/team:web", """{"url":"https://example.com"}""");
        var paths = new[] { "/repos/acme/containers", EmulatorHarness.Package, EmulatorHarness.Version, EmulatorHarness.Attributes, "/webhooks/acme" };
        var before = new List<string>();
        foreach (var path in paths)
            before.Add((await emulator.GetAsync(path)).Text);

        await emulator.RestartAsync();
        var after = new List<string>();
        foreach (var path in paths)
            after.Add((await emulator.GetAsync(path)).Text);

        Assert.Equal(before, after);
        Assert.Contains("1.50", after[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_tells_the_truth_about_the_store()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal(200, (await emulator.AnonymousAsync("GET", "/healthz")).Status);
        emulator.Logs.Expect(e => e.Event.Id is 6001 or 6003);
        using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={emulator.DatabasePath};Pooling=False"))
        {
            other.Open();
            using var drop = other.CreateCommand();
            drop.CommandText = "drop table probe; drop table version_attributes";
            drop.ExecuteNonQuery();
        }

        Assert.Equal(503, (await emulator.AnonymousAsync("GET", "/healthz")).Status);
        var broken = await emulator.GetAsync(EmulatorHarness.Attributes);
        Assert.Equal((500, "text/html"), (broken.Status, broken.ContentType));
        Assert.DoesNotContain("version_attributes", broken.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_counts_calls_by_route_and_status_and_shows_what_is_carried()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(EmulatorHarness.Attributes, """[{"name":"a","values":["x","y"]}]""");
        await emulator.GetAsync(EmulatorHarness.Package + "/versions/9/attributes");
        await emulator.GetAsync("/nope");
        var state = (await emulator.GetAsync("/_emulator/state")).Json;
        Assert.Equal(1, Count(state, "POST", "/packages/{subject}/{repo}/{package}/versions/{version}/attributes", 200));
        Assert.Equal(1, Count(state, "GET", "/packages/{subject}/{repo}/{package}/versions/{version}/attributes", 404));
        Assert.Equal(1, Count(state, "GET", "(no route)", 404));
        Assert.Equal(
            """{"subject":"acme","repo":"containers","package":"team:web","version":"1.4.0","attributes":[{"name":"a","values":["x","y"],"type":"string"}]}""",
            state["carried"]![1]!.ToJsonString());
        Assert.Empty((await emulator.GetAsync("/_emulator/state?repo=other")).Json["carried"]!.AsArray());
        Assert.Null((await emulator.GetAsync("/_emulator/state?attributes=0")).Json["carried"]);

        Assert.Equal(200, (await emulator.DeleteAsync("/_emulator/state")).Status);
        Assert.Equal(0, Count((await emulator.GetAsync("/_emulator/state")).Json, "GET", "(no route)", 404));
    }

    [Fact]
    public async Task The_admin_pages_do_not_exist_until_they_are_opened()
    {
        await using var emulator = await EmulatorHarness.StartAsync(o => o.AdminEnabled = false);
        Assert.Equal((404, """{"message":"Not Found"}"""), await BothAsync(emulator.GetAsync("/_emulator/state")));
        Assert.Equal(404, (await emulator.FaultsAsync("{}")).Status);
    }

    [Fact]
    public async Task The_emulator_that_ships_cannot_be_made_to_fail()
    {
        await using var host = await Support.BridgeHost.StartAsync("Emulator:AdminEnabled=true");
        using var http = new HttpClient { BaseAddress = host.Emulator };
        using var content = new StringContent("""{"rules":[{"kind":"reset"}]}""");
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal(System.Net.HttpStatusCode.OK, (await http.GetAsync("/_emulator/state", cancel)).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.PutAsync("/_emulator/faults", content, cancel)).StatusCode);
        Assert.DoesNotContain(typeof(EmulatorHost).Assembly.GetTypes(), type => type.Name.Contains("Fault", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_an_admin_key_only_its_holder_gets_in()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "sesame\n", TestContext.Current.CancellationToken);
        await using var emulator = await EmulatorHarness.StartAsync(o => o.AdminKeyFile = file);
        Assert.Equal(401, (await emulator.GetAsync("/_emulator/state")).Status);
        Assert.Equal(401, (await emulator.SendAsync("GET", "/_emulator/state", body: null, "Bearer wrong")).Status);
        Assert.Equal(200, (await emulator.SendAsync("GET", "/_emulator/state", body: null, "Bearer sesame")).Status);
        File.Delete(file);
    }

    [Fact]
    public void A_file_of_another_program_is_not_touched()
    {
        var file = Path.GetTempFileName();
        using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False"))
        {
            other.Open();
            using var make = other.CreateCommand();
            make.CommandText = "create table theirs(x)";
            make.ExecuteNonQuery();
        }

        var refused = Assert.Throws<InvalidDataException>(() => EmulatorHost.Build(new EmulatorOptions { Path = file }, TimeProvider.System));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    private static int Count(System.Text.Json.Nodes.JsonNode state, string method, string route, int status) => state["requests"]!.AsArray()
        .Where(r => r!["method"]!.GetValue<string>() == method && r["route"]!.GetValue<string>() == route && r["status"]!.GetValue<int>() == status)
        .Sum(r => r!["count"]!.GetValue<int>());

    private static async Task<(int, string)> BothAsync(Task<Reply> reply) => ((await reply).Status, (await reply).Text);
}
