using System.Globalization;
using BintrayEmulator;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>Faults that come later, that answer what was, and that choke instead of refusing.</summary>
public sealed class LateFaultTests
{
    private const string Attributes = EmulatorHarness.Attributes;

    [Theory]
    [InlineData("\"afterCalls\":2")]
    [InlineData("\"afterMilliseconds\":5000")]
    [InlineData("\"afterMilliseconds\":5000,\"afterCalls\":100")]
    public async Task A_write_that_is_lost_later_is_seen_first_and_gone_then(string when)
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(Kept, clock);
        await emulator.PostAsync(Attributes, """[{"name":"a","values":["old"]},{"name":"b","values":["stays"]}]""");
        await emulator.FaultsAsync($$"""{"rules":[{"kind":"lateLoss",{{when}},"count":1}]}""");
        await emulator.PatchAsync(Attributes, """[{"name":"a","values":["new"]},{"name":"c","values":["new"]}]""");
        clock.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.Equal("\"new\"", (await emulator.GetAsync(Attributes)).ValuesOf("a"));
        Assert.Equal("a b c", Names(await emulator.GetAsync(Attributes)));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("\"old\"", (await emulator.GetAsync(Attributes)).ValuesOf("a"));
        Assert.Equal("a b", Names(await emulator.GetAsync(Attributes)));
        Assert.Equal("create POST PATCH lateLoss", await VerbsAsync(emulator));
    }

    [Fact]
    public async Task What_was_written_over_since_is_not_lost_later()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync("""{"rules":[{"kind":"lateLoss","afterCalls":1,"count":1}]}""");
        await emulator.PatchAsync(Attributes, """[{"name":"a","values":["first"]},{"name":"b","values":["first"]}]""");
        await emulator.PatchAsync(Attributes, """[{"name":"a","values":["second"]}]""");
        Assert.Equal("a", Names(await emulator.GetAsync(Attributes)));
    }

    [Fact]
    public async Task Attributes_that_were_deleted_come_back_when_the_deletion_is_lost_later()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.PostAsync(Attributes, """[{"name":"a","values":["x"]}]""");
        await emulator.FaultsAsync("""{"rules":[{"kind":"lateLoss","afterCalls":1,"match":{"methods":["DELETE"]}}]}""");
        await emulator.DeleteAsync(Attributes + "?names=a");
        Assert.Equal("", Names(await emulator.GetAsync(Attributes)));
        Assert.Equal("a", Names(await emulator.GetAsync(Attributes)));
    }

    [Fact]
    public async Task A_version_disappears_some_calls_after_a_write()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(Kept);
        await emulator.FaultsAsync("""{"rules":[{"kind":"deleteVersion","afterCalls":1,"count":1}]}""");
        Assert.Equal(200, (await emulator.GetAsync(Attributes)).Status);
        Assert.Equal(200, (await emulator.PatchAsync(Attributes, """[{"name":"a","values":["x"]}]""")).Status);
        Assert.Equal("a", Names(await emulator.GetAsync(Attributes)));
        Assert.Equal((404, "Version '1.4.0' was not found"), Both(await emulator.GetAsync(Attributes)));
        Assert.Equal("create PATCH deleteVersion", await VerbsAsync(emulator));
    }

    [Fact]
    public async Task A_read_answers_what_was_there_some_changes_ago()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(Kept);
        for (var i = 1; i <= 3; i++)
            await emulator.PatchAsync(Attributes, $$"""[{"name":"n","values":[{{i}}]}]""");

        await emulator.FaultsAsync("""{"rules":[{"kind":"staleRead","count":1},{"kind":"staleRead","behind":2,"count":1},{"kind":"staleRead","behind":9,"count":1}]}""");
        Assert.Equal("2", (await emulator.GetAsync(Attributes)).ValuesOf("n"));
        Assert.Equal("1", (await emulator.GetAsync(Attributes)).ValuesOf("n"));
        Assert.Equal("", Names(await emulator.GetAsync(Attributes)));
        Assert.Equal("3", (await emulator.GetAsync(Attributes)).ValuesOf("n"));
    }

    [Fact]
    public async Task A_read_answers_what_was_there_some_time_ago()
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(Kept, clock);
        await emulator.PatchAsync(Attributes, """[{"name":"n","values":[1]}]""");
        clock.Advance(TimeSpan.FromMilliseconds(700));
        await emulator.PatchAsync(Attributes, """[{"name":"n","values":[2]}]""");
        await emulator.FaultsAsync("""{"rules":[{"kind":"staleRead","milliseconds":500}]}""");
        clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal("1", (await emulator.GetAsync(Attributes)).ValuesOf("n"));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("2", (await emulator.GetAsync(Attributes)).ValuesOf("n"));
    }

    [Fact]
    public async Task A_slow_target_takes_longer_the_more_calls_are_on_their_way()
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(clock: clock);
        await emulator.FaultsAsync("""{"rules":[{"kind":"slow","milliseconds":40}]}""");
        var first = emulator.GetAsync(Attributes);
        Assert.Equal(TimeSpan.FromMilliseconds(40), await clock.NextWaitAsync());
        var second = emulator.GetAsync(Attributes);
        Assert.Equal(TimeSpan.FromMilliseconds(80), await clock.NextWaitAsync());
        clock.Advance(TimeSpan.FromMilliseconds(80));
        Assert.Equal((200, 200), ((await first).Status, (await second).Status));
        var third = emulator.GetAsync(Attributes);
        Assert.Equal(TimeSpan.FromMilliseconds(40), await clock.NextWaitAsync());
        clock.Advance(TimeSpan.FromMilliseconds(40));
        Assert.Equal(200, (await third).Status);
    }

    [Fact]
    public async Task A_sliding_limit_lets_no_window_hold_more_however_it_is_laid()
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(clock: clock);
        await emulator.FaultsAsync("""{"rules":[{"kind":"throttle","limit":2,"windowSeconds":10,"sliding":true}]}""");
        Assert.Equal(200, await StatusAsync(emulator));
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((200, 403), (await StatusAsync(emulator), await StatusAsync(emulator)));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((200, 403), (await StatusAsync(emulator), await StatusAsync(emulator)));
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((200, 403), (await StatusAsync(emulator), await StatusAsync(emulator)));
    }

    [Theory]
    [InlineData("\"status\":429", "7")]
    [InlineData("\"status\":429,\"retryAfterAsDate\":true", "date")]
    [InlineData("\"status\":429,\"noRetryAfter\":true", null)]
    [InlineData("\"status\":403", null)]
    [InlineData("\"status\":403,\"retryAfterSeconds\":9", "9")]
    public async Task A_sliding_limit_tells_when_the_next_call_may_come_or_does_not(string how, string? told)
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(clock: clock);
        await emulator.FaultsAsync($$"""{"rules":[{"kind":"throttle","limit":1,"windowSeconds":10,"sliding":true,{{how}}}]}""");
        await emulator.GetAsync(Attributes);
        clock.Advance(TimeSpan.FromSeconds(3.5));
        var refused = await emulator.GetAsync(Attributes);
        Assert.Equal("You have exceeded your API call limit", refused.Message);
        var expected = told == "date" ? clock.GetUtcNow().AddSeconds(7).ToString("r", CultureInfo.InvariantCulture) : told;
        Assert.Equal(expected, refused.Header("Retry-After"));
    }

    [Theory]
    [InlineData("""{"kind":"throttle","limit":2000000,"sliding":true}""", "at most 1000000")]
    [InlineData("""{"kind":"status","noRetryAfter":true,"retryAfterSeconds":1}""", "exclude each other")]
    [InlineData("""{"kind":"lateLoss","afterMilliseconds":-1}""", "afterMilliseconds is -1")]
    [InlineData("""{"kind":"staleRead","behind":0}""", "behind is 0")]
    public async Task A_plan_out_of_range_is_refused(string rule, string reason)
    {
        await using var emulator = await EmulatorHarness.StartAsync(Kept);
        var reply = await emulator.FaultsAsync($$"""{"rules":[{{rule}}]}""");
        Assert.Equal(400, reply.Status);
        Assert.Contains(reason, reply.Message, StringComparison.Ordinal);
    }

    private static void Kept(EmulatorOptions options) => options.History = true;

    private static string Names(Reply reply) => string.Join(' ', reply.Names);

    private static (int, string) Both(Reply reply) => (reply.Status, reply.Message);

    private static async Task<int> StatusAsync(EmulatorHarness emulator) => (await emulator.GetAsync(Attributes)).Status;

    private static async Task<string> VerbsAsync(EmulatorHarness emulator) => string.Join(
        ' ', (await emulator.GetAsync("/_emulator/history")).Json["entries"]!.AsArray().Select(e => e!["verb"]!.GetValue<string>()));
}
