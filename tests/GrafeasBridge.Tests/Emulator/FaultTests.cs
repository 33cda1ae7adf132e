using System.Globalization;
using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>Every way in which the emulator can be made to fail.</summary>
public sealed class FaultTests
{
    private const string Attributes = EmulatorHarness.Attributes;
    private const string Update = """[{"name":"a","values":["a rather long value"]}]""";

    [Fact]
    public async Task A_status_comes_as_often_as_it_was_asked_for_and_then_no_more()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync("""{"rules":[{"kind":"status","status":500,"body":"broken","count":2,"match":{"attributesOnly":true}}]}""");
        Assert.Equal(200, (await emulator.GetAsync(EmulatorHarness.Version)).Status);
        Assert.Equal((500, """{"message":"broken"}"""), Both(await emulator.PatchAsync(Attributes, Update)));
        Assert.Equal(500, (await emulator.PatchAsync(Attributes, Update)).Status);
        Assert.Equal("[]", (await emulator.GetAsync(Attributes)).Text);
        Assert.Equal(200, (await emulator.PatchAsync(Attributes, Update)).Status);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Retry_after_is_told_in_seconds_or_as_a_date(string asDate)
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(clock: clock);
        await emulator.FaultsAsync($$"""{"rules":[{"kind":"status","retryAfterSeconds":30,"retryAfterAsDate":{{asDate}}}]}""");
        var reply = await emulator.GetAsync(Attributes);
        Assert.Equal(503, reply.Status);
        var expected = asDate == "true" ? clock.GetUtcNow().AddSeconds(30).ToString("r", CultureInfo.InvariantCulture) : "30";
        Assert.Equal(expected, reply.Header("Retry-After"));
    }

    [Fact]
    public async Task A_page_of_html_stands_where_json_is_expected()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync("""{"rules":[{"kind":"html"}]}""");
        var reply = await emulator.GetAsync(Attributes);
        Assert.Equal((502, "text/html"), (reply.Status, reply.ContentType));
        Assert.Contains("502 Bad Gateway", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reset", "false", "")]
    [InlineData("reset", "true", "a")]
    [InlineData("cut", "false", "a")]
    public async Task A_connection_drops_before_or_after_the_write(string kind, string applied, string stored)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync($$"""{"rules":[{"kind":"{{kind}}","applied":{{applied}},"count":1}]}""");
        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.PatchAsync(Attributes, Update));
        Assert.Equal(stored, string.Join(' ', (await emulator.GetAsync(Attributes)).Names));
        Assert.Equal(1, Cut(await emulator.GetAsync("/_emulator/state?attributes=0")));
    }

    [Theory]
    [InlineData("status", 503)]
    [InlineData("html", 502)]
    public async Task An_error_may_hide_a_write_that_was_carried_out(string kind, int status)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync($$"""{"rules":[{"kind":"{{kind}}","applied":true,"count":1}]}""");
        var reply = await emulator.PatchAsync(Attributes, Update);
        Assert.Equal(status, reply.Status);
        Assert.StartsWith("BintrayEmulator/", reply.Header("Server"), StringComparison.Ordinal);
        Assert.Equal("a", string.Join(' ', (await emulator.GetAsync(Attributes)).Names));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task A_delayed_call_is_answered_when_the_time_has_come(string applied)
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(clock: clock);
        await emulator.FaultsAsync($$"""{"rules":[{"kind":"delay","milliseconds":1500,"applied":{{applied}},"count":1}]}""");
        var call = emulator.PatchAsync(Attributes, Update);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), await clock.NextWaitAsync());
        Assert.Equal(applied == "true" ? "a" : "", string.Join(' ', (await emulator.GetAsync(Attributes)).Names));
        Assert.False(call.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1500));
        var reply = await call;
        Assert.Equal((200, "\"a rather long value\""), (reply.Status, reply.ValuesOf("a")));
    }

    [Fact]
    public async Task A_stalled_call_is_never_answered()
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(clock: clock);
        await emulator.FaultsAsync("""{"rules":[{"kind":"stall","milliseconds":60000,"count":1}]}""");
        var call = emulator.PatchAsync(Attributes, Update);
        Assert.Equal(TimeSpan.FromSeconds(60), await clock.NextWaitAsync());
        clock.Advance(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.Equal("[]", (await emulator.GetAsync(Attributes)).Text);
    }

    [Fact]
    public async Task A_stall_does_not_hold_up_the_stop()
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(clock: clock);
        await emulator.FaultsAsync("""{"rules":[{"kind":"stall"}]}""");
        var call = emulator.GetAsync(Attributes);
        await clock.NextWaitAsync();
        await emulator.RestartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task A_throttle_lets_so_many_pass_in_each_window()
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(clock: clock);
        await emulator.FaultsAsync("""{"rules":[{"kind":"throttle","limit":2,"windowSeconds":10,"match":{"methods":["GET"]}}]}""");
        Assert.Equal(200, (await emulator.GetAsync(Attributes)).Status);
        Assert.Equal(200, (await emulator.GetAsync(Attributes)).Status);
        Assert.Equal((403, """{"message":"You have exceeded your API call limit"}"""), Both(await emulator.GetAsync(Attributes)));
        Assert.Equal(200, (await emulator.PatchAsync(Attributes, Update)).Status);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, (await emulator.GetAsync(Attributes)).Status);

        await emulator.FaultsAsync("""{"rules":[{"kind":"throttle","limit":0,"windowSeconds":10,"status":429}]}""");
        var refused = await emulator.GetAsync(Attributes);
        Assert.Equal((429, "10"), (refused.Status, refused.Header("Retry-After")));
    }

    [Theory]
    [InlineData("PATCH", Attributes, Update)]
    [InlineData("POST", Attributes, Update)]
    [InlineData("DELETE", Attributes + "?names=before", null)]
    public async Task A_lost_write_is_answered_like_any_other_and_not_kept(string method, string path, string? body)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(Attributes, """[{"name":"before","values":["x"]}]""");
        await emulator.FaultsAsync("""{"rules":[{"kind":"lostWrite"}]}""");
        var reply = await emulator.SendAsync(method, path, body);
        Assert.Equal(200, reply.Status);
        if (body is not null)
            Assert.Equal("\"a rather long value\"", reply.ValuesOf("a"));

        Assert.Equal("before", string.Join(' ', (await emulator.GetAsync(Attributes)).Names));
    }

    [Fact]
    public async Task A_truncated_value_is_answered_whole_and_kept_short()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync("""{"rules":[{"kind":"truncate","length":8}]}""");
        Assert.Equal("\"a rather long value\"", (await emulator.PatchAsync(Attributes, Update)).ValuesOf("a"));
        Assert.Equal("\"a rather\"", (await emulator.GetAsync(Attributes)).ValuesOf("a"));
    }

    [Fact]
    public async Task Reordered_attributes_are_the_same_set_in_another_order()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var sent = new JsonArray([.. Enumerable.Range(10, 20).Select(i => new JsonObject { ["name"] = $"a{i}", ["values"] = new JsonArray(1, 2, 3, 4, 5) })]);
        await emulator.PostAsync(Attributes, sent.ToJsonString());
        await emulator.FaultsAsync("""{"rules":[{"kind":"reorder"}]}""");
        var (first, second) = (await emulator.GetAsync(Attributes), await emulator.GetAsync(Attributes));
        Assert.NotEqual(first.Text, second.Text);
        Assert.Equal(first.Names.Order(StringComparer.Ordinal), second.Names.Order(StringComparer.Ordinal));
        Assert.All(first.Names, n => Assert.Equal("1 2 3 4 5", first.ValuesOf(n)));
    }

    [Fact]
    public async Task The_first_rule_that_matches_and_fires_decides()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync("""
            {"rules":[
              {"kind":"status","status":500,"match":{"methods":["delete"]}},
              {"kind":"status","status":501,"rate":0},
              {"kind":"status","status":502,"match":{"pathPrefix":"/packages/acme/containers/team:web/versions"}},
              {"kind":"status","status":504,"match":{"pathPattern":"web$"}}]}
            """);
        Assert.Equal(502, (await emulator.GetAsync("/api/v1" + EmulatorHarness.Version)).Status);
        Assert.Equal(504, (await emulator.GetAsync(EmulatorHarness.Package)).Status);
        Assert.Equal(500, (await emulator.DeleteAsync(EmulatorHarness.Version)).Status);
        Assert.Equal(200, (await emulator.GetAsync("/repos/acme")).Status);
    }

    [Fact]
    public async Task The_emulators_own_pages_never_fail()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        await emulator.FaultsAsync("""{"rules":[{"kind":"reset"}]}""");
        foreach (var path in new[] { "/", "/healthz", "/_emulator/state", "/_emulator/faults" })
            Assert.Equal(200, (await emulator.GetAsync(path)).Status);

        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.GetAsync("/nope"));
        Assert.Equal(200, (await emulator.DeleteAsync("/_emulator/faults")).Status);
        Assert.Equal(404, (await emulator.GetAsync("/nope")).Status);
    }

    private static (int, string) Both(Reply reply) => (reply.Status, reply.Text);

    private static int Cut(Reply state) => state.Json["requests"]!.AsArray().Where(r => r!["status"]!.GetValue<int>() == 0).Sum(r => r!["count"]!.GetValue<int>());
}
