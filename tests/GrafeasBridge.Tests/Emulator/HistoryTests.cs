using System.Globalization;
using System.Text.Json.Nodes;
using BintrayEmulator;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>The history of what versions carried, through its page.</summary>
public sealed class HistoryTests
{
    private const string Attributes = EmulatorHarness.Attributes;
    private const string Page = "/_emulator/history";

    [Fact]
    public async Task Every_stored_change_of_a_version_is_an_entry_with_all_that_it_carries_then()
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(Kept, clock);
        await emulator.PostAsync(Attributes, """[{"name":"a","values":["x","y"]}]""");
        clock.Advance(TimeSpan.FromMilliseconds(1500));
        await emulator.PatchAsync(Attributes, """[{"name":"n","values":[1.50],"type":"number"}]""");
        await emulator.DeleteAsync(Attributes + "?names=a");
        await emulator.DeleteAsync(EmulatorHarness.Version);
        var page = (await emulator.GetAsync(Page)).Json;
        Assert.Equal("create: | POST: a=y,x | PATCH: a=y,x n=1.50 | DELETE: n=1.50 | delete:", Told(page));
        Assert.Equal((5, 5, false), (page["next"]!.GetValue<int>(), page["last"]!.GetValue<int>(), page["truncated"]!.GetValue<bool>()));
        var patch = page["entries"]![2]!;
        Assert.Equal(clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), patch["time"]!.GetValue<string>());
        Assert.Equal("acme/containers/team:web/1.4.0", $"{patch["subject"]}/{patch["repo"]}/{patch["package"]}/{patch["version"]}");
    }

    [Fact]
    public async Task What_was_not_stored_is_no_entry_and_what_was_cut_short_is_shown_so()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(Kept);
        await emulator.FaultsAsync("""{"rules":[{"kind":"lostWrite","count":1},{"kind":"truncate","length":3,"count":1},{"kind":"reset","count":1}]}""");
        Assert.Equal(200, (await emulator.PatchAsync(Attributes, """[{"name":"a","values":["lost"]}]""")).Status);
        Assert.Equal(200, (await emulator.PatchAsync(Attributes, """[{"name":"a","values":["shortened"]}]""")).Status);
        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.PatchAsync(Attributes, """[{"name":"a","values":["dropped"]}]"""));
        Assert.Equal(400, (await emulator.PatchAsync(Attributes, """[{"name":"a","values":[{}]}]""")).Status);
        Assert.Equal("create: | PATCH: a=sho", Told((await emulator.GetAsync(Page)).Json));
    }

    [Fact]
    public async Task Versions_that_go_with_their_package_or_repository_have_an_entry_each()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(Kept);
        await emulator.PostAsync(EmulatorHarness.Package + "/versions", """{"name":"1.5.0"}""");
        await emulator.DeleteAsync(EmulatorHarness.Package);
        await emulator.PostAsync("/packages/acme/containers", """{"name":"team:web"}""");
        await emulator.PostAsync(EmulatorHarness.Package + "/versions", """{"name":"1.6.0"}""");
        await emulator.DeleteAsync("/repos/acme/containers");
        var entries = (await emulator.GetAsync(Page)).Json["entries"]!.AsArray();
        Assert.Equal(
            "create 1.4.0, create 1.5.0, delete 1.4.0, delete 1.5.0, create 1.6.0, delete 1.6.0",
            string.Join(", ", entries.Select(e => $"{e!["verb"]} {e["version"]}")));
    }

    [Fact]
    public async Task The_history_is_read_in_pages_and_outlives_a_restart()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(Kept);
        for (var i = 0; i < 4; i++)
            await emulator.PatchAsync(Attributes, $$"""[{"name":"n","values":[{{i}}]}]""");

        await emulator.RestartAsync();
        var first = (await emulator.GetAsync(Page + "?limit=2")).Json;
        var second = (await emulator.GetAsync($"{Page}?limit=2&after={first["next"]}")).Json;
        var last = (await emulator.GetAsync($"{Page}?after={second["next"]}")).Json;
        Assert.Equal("create: | PATCH: n=0", Told(first));
        Assert.Equal("PATCH: n=1 | PATCH: n=2", Told(second));
        Assert.Equal("PATCH: n=3", Told(last));
        var behind = (await emulator.GetAsync($"{Page}?after={last["last"]}")).Json;
        Assert.Equal(("", 5), (Told(behind), behind["next"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_full_history_loses_its_oldest_entries_and_says_so()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(o => (o.History, o.HistoryLimit) = (true, 2));
        Assert.False((await emulator.GetAsync(Page)).Json["truncated"]!.GetValue<bool>());
        for (var i = 0; i < 3; i++)
            await emulator.PatchAsync(Attributes, $$"""[{"name":"n","values":[{{i}}]}]""");

        var page = (await emulator.GetAsync(Page)).Json;
        Assert.Equal("PATCH: n=1 | PATCH: n=2", Told(page));
        Assert.Equal((4, true), (page["last"]!.GetValue<int>(), page["truncated"]!.GetValue<bool>()));
    }

    [Theory]
    [InlineData("?limit=0", "limit is '0'")]
    [InlineData("?limit=1001", "it is 1 to 1000")]
    [InlineData("?after=-1", "after is '-1'")]
    [InlineData("?after=x", "after is 'x'")]
    public async Task A_page_that_cannot_be_meant_is_refused(string query, string reason)
    {
        await using var emulator = await EmulatorHarness.StartAsync(Kept);
        var reply = await emulator.GetAsync(Page + query);
        Assert.Equal(400, reply.Status);
        Assert.Contains(reason, reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_setting_there_is_no_history_and_no_read_that_would_need_it()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var page = await emulator.GetAsync(Page);
        Assert.Equal(404, page.Status);
        Assert.Contains("Emulator:History=true", page.Message, StringComparison.Ordinal);
        var plan = await emulator.FaultsAsync("""{"rules":[{"kind":"mixed","kinds":["delay","staleRead"]}]}""");
        Assert.Equal(400, plan.Status);
        Assert.Contains("Emulator:History=true", plan.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_an_emulator_without_history_gets_one()
    {
        using var folder = new Support.TemporaryFolder();
        var path = folder.File("emulator.db");
        await using (var old = await EmulatorHarness.StartWithVersionAsync(o => o.Path = path))
        {
            using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "drop table history; pragma user_version = 1";
            command.ExecuteNonQuery();
        }

        await using var emulator = await EmulatorHarness.StartAsync(o => (o.Path, o.History) = (path, true));
        Assert.Equal(200, (await emulator.PatchAsync(Attributes, """[{"name":"a","values":["x"]}]""")).Status);
        Assert.Equal("PATCH: a=x", Told((await emulator.GetAsync(Page)).Json));
    }

    private static void Kept(EmulatorOptions options) => options.History = true;

    private static string Told(JsonNode page) => string.Join(" | ", page["entries"]!.AsArray().Select(e => $"{e!["verb"]}: {Carried(e)}".TrimEnd()));

    private static string Carried(JsonNode entry) => string.Join(
        ' ', entry["attributes"]!.AsArray().Select(a => $"{a!["name"]}={string.Join(',', a["values"]!.AsArray().Select(v => v!.ToString()))}"));
}
