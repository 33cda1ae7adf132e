using System.Text.Json;
using GrafeasBridge.V1;

namespace GrafeasBridge.Tests.Cli;

public sealed class WaitTests : CliTest
{
    [Fact]
    public async Task Waiting_ends_when_every_version_is_verified()
    {
        foreach (var state in new[] { DeliveryState.Pending, DeliveryState.Delivering, DeliveryState.Verified })
            Service.Deliveries.Enqueue(Delivery(state, DeliveryState.Verified));
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified", "--json");

        Assert.Equal(0, ending.Code);
        using var line = JsonDocument.Parse(Assert.Single(ending.Lines));
        Assert.Equal("OK", line.RootElement.GetProperty("code").GetString());
        Assert.Equal(["verified", "verified"], line.RootElement.GetProperty("versions").EnumerateArray().Select(v => v.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task What_is_not_delivered_in_time_ends_with_5_and_says_where_it_stands()
    {
        var waiting = Delivery(DeliveryState.Waiting);
        (waiting.Versions[0].LastOutcome, waiting.Versions[0].LastReason) = ("Throttled", "The target asked to wait.");
        Service.Deliveries.Enqueue(waiting);
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified", "--timeout", "5s");

        Assert.Equal(5, ending.Code);
        Assert.Contains("is waiting: Throttled: The target asked to wait.", ending.Errors);
    }

    [Fact]
    public async Task A_parked_version_is_not_waited_for()
    {
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Parked));
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified", "--timeout", "1h");

        Assert.Equal(5, ending.Code);
    }

    [Fact]
    public async Task What_concerns_no_version_is_accepted_and_its_reason_shown()
    {
        Service.Deliveries.Enqueue(new OccurrenceDelivery { UnmappedReason = "No resolver knows the host ci." });
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified");

        Assert.Equal(0, ending.Code);
        Assert.Contains("unmapped: No resolver knows the host ci.", ending.Output);
    }

    [Fact]
    public async Task A_key_that_may_only_send_still_sends()
    {
        var file = await FileAsync("one.json", Build("42"));

        var accepted = await Gbridge.RunAsync("send", file, "--project", "acme");
        var waited = await Gbridge.RunAsync("send", file, "--project", "acme", "--wait", "verified");

        Assert.Equal((0, 3), (accepted.Code, waited.Code));
        Assert.Contains("versions cannot be shown: PERMISSION_DENIED", accepted.Errors);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_the_wait_with_the_code_that_shells_expect(string signal, int code)
    {
        // A job in the background of a shell, and all that it starts, does not hear Ctrl-C.
        Assert.SkipWhen(signal == "INT" && await InterruptIsIgnoredAsync(), "this run was started deaf to SIGINT");
        Service.Deliveries.Enqueue(Delivery(DeliveryState.Pending));
        var file = await FileAsync("one.json", Build("42"));

        var ending = await Gbridge.SignalAsync(
            signal, Service.DeliveryAsked.Task, "send", file, "--project", "acme", "--wait", "verified", "--timeout", "1h");

        Assert.Equal(code, ending.Code);
    }

    private static async Task<bool> InterruptIsIgnoredAsync()
    {
        var status = await File.ReadAllLinesAsync("/proc/self/status", TestContext.Current.CancellationToken);
        var mask = status.Single(l => l.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
        return (ulong.Parse(mask, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture) & 0b10) != 0;
    }
}
