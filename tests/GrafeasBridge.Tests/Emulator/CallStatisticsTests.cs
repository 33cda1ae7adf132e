using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>What the emulator says of the calls that it got.</summary>
public sealed class CallStatisticsTests
{
    private const string Attributes = EmulatorHarness.Attributes;
    private const string Page = "/_emulator/calls";

    [Fact]
    public async Task Calls_are_counted_by_status_and_own_pages_are_not()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        await emulator.FaultsAsync("""{"rules":[{"kind":"reset","count":1},{"kind":"html","count":2},{"kind":"lostWrite","match":{"methods":["PATCH"]}}]}""");
        await emulator.DeleteAsync(Page);
        await Assert.ThrowsAsync<HttpRequestException>(() => emulator.GetAsync(Attributes));
        await emulator.GetAsync(Attributes);
        await emulator.GetAsync(Attributes);
        await emulator.PatchAsync(Attributes, "[]");
        await emulator.GetAsync("/healthz");
        var calls = (await emulator.GetAsync(Page)).Json;
        Assert.Equal(4, calls["calls"]!.GetValue<int>());
        Assert.Equal("""{"0":1,"200":1,"502":2}""", calls["byStatus"]!.ToJsonString());
    }

    [Fact]
    public async Task The_greatest_number_in_any_window_counts_what_passed_apart_from_what_was_refused()
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(clock: clock);
        await emulator.FaultsAsync("""{"rules":[{"kind":"throttle","limit":3,"windowSeconds":10}]}""");
        await emulator.DeleteAsync(Page + "?windowMilliseconds=10000");

        // Two pass at the end of the fixed window and three at the start of the next: five within two seconds.
        await CallAsync(emulator, 1);
        clock.Advance(TimeSpan.FromSeconds(9));
        await CallAsync(emulator, 5);
        clock.Advance(TimeSpan.FromSeconds(1));
        await CallAsync(emulator, 4);
        var calls = (await emulator.GetAsync(Page)).Json;
        Assert.Equal(10000, calls["windowMilliseconds"]!.GetValue<double>());
        Assert.Equal((9, 5, true), Greatest(calls));
    }

    [Fact]
    public async Task A_call_that_is_a_whole_window_younger_is_in_another_one()
    {
        var clock = new TimerClock();
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(o => o.CallWindow = TimeSpan.FromSeconds(1), clock);
        await emulator.DeleteAsync(Page);
        for (var i = 0; i < 4; i++)
        {
            await CallAsync(emulator, 1);
            clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal((2, 2, true), Greatest((await emulator.GetAsync(Page)).Json));
        await emulator.DeleteAsync(Page);
        Assert.Equal((0, 0, true), Greatest((await emulator.GetAsync(Page)).Json));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("86400001")]
    [InlineData("one")]
    public async Task A_window_out_of_range_is_refused(string window)
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        var reply = await emulator.DeleteAsync($"{Page}?windowMilliseconds={window}");
        Assert.Equal((400, $"windowMilliseconds is '{window}'; it is 10 to 86400000"), (reply.Status, reply.Message));
    }

    private static async Task CallAsync(EmulatorHarness emulator, int times)
    {
        for (var i = 0; i < times; i++)
            await emulator.GetAsync(Attributes);
    }

    private static (int All, int NotRefused, bool Exact) Greatest(JsonNode calls) => (
        calls["greatest"]!["all"]!.GetValue<int>(),
        calls["greatest"]!["notRefused"]!.GetValue<int>(),
        calls["greatest"]!["exact"]!.GetValue<bool>());
}
