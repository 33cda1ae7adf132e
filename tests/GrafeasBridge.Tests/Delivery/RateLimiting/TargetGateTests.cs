using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Mapping;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery.RateLimiting;

public sealed class TargetGateTests
{
    private static readonly VersionCoordinates Web = new("acme", "images", "web", "1");
    private static readonly VersionCoordinates Api = new("acme", "images", "api", "1");

    private readonly TestClock clock = new();
    private readonly TargetGate gate;

    public TargetGateTests() => gate = new TargetGate(new DeliveryOptions(), clock);

    [Fact]
    public void A_refusal_closes_the_target_and_then_one_version_goes_first()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), Report(DeliveryOutcome.Unauthorized, Web));
        Assert.Equal(new TargetPause(PauseKind.Unauthorized, TimeSpan.FromMinutes(1), "why"), gate.Pause);

        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, gate.Admit(8, 0));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("why", null), (gate.Probing, gate.Pause));
        Assert.Equal(1, gate.Admit(8, 0));
        Assert.Equal(0, gate.Admit(7, 1));

        Assert.Null(Report(DeliveryOutcome.Delivered, Web));
        Assert.Equal((7, null), (gate.Admit(7, 1), gate.Probing));
    }

    [Fact]
    public void Refusals_in_a_row_double_the_pause_up_to_a_quarter_of_an_hour()
    {
        Assert.Equal([1, 2, 4, 8, 15, 15], Pauses(6, () => Report(DeliveryOutcome.Unauthorized, Web)).Select(p => p.TotalMinutes));
        Report(DeliveryOutcome.Unchanged, Web);
        Report(DeliveryOutcome.Unauthorized, Web);
        Assert.Equal(TimeSpan.FromMinutes(1), Report(DeliveryOutcome.Unauthorized, Api));
    }

    [Fact]
    public void Versions_that_were_in_hand_together_begin_one_pause()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), Report(DeliveryOutcome.Unauthorized, Web));
        Assert.Null(Report(DeliveryOutcome.Unauthorized, Api));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, gate.Admit(8, 0));

        Assert.Equal(TimeSpan.FromMinutes(2), Report(DeliveryOutcome.Unauthorized, Web));
    }

    [Fact]
    public void One_package_without_rights_does_not_stop_the_others()
    {
        Report(DeliveryOutcome.Delivered, Api);

        Assert.Null(Report(DeliveryOutcome.Unauthorized, Web));
        Assert.Null(Report(DeliveryOutcome.Unauthorized, Web));
        Assert.Equal(8, gate.Admit(8, 3));
        Assert.NotNull(Report(DeliveryOutcome.Unauthorized, Api));
    }

    [Fact]
    public void A_throttled_target_is_closed_for_as_long_as_it_asked()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), gate.Throttle(TimeSpan.FromSeconds(30), quiet: true, "slow down"));
        Report(DeliveryOutcome.Delivered, Api); // was in flight already
        gate.Passed(); // was under way already

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal((0, TimeSpan.FromSeconds(1)), (gate.Admit(8, 0), gate.Quiet));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, null), (gate.Admit(8, 0), gate.Quiet));
    }

    [Fact]
    public void A_used_up_limit_without_a_time_is_probed_after_a_quarter_of_the_time_waited_so_far()
    {
        var pauses = Pauses(30, () => gate.Throttle(null, quiet: false, "used up"));

        Assert.Equal([1, 1, 1, 1, 1, 1.25, 1.5625], pauses.Take(7).Select(p => p.TotalMinutes));
        Assert.Equal(TimeSpan.FromHours(1), pauses[^1]);
    }

    [Fact]
    public void A_pause_whose_length_was_a_guess_is_over_when_a_call_passes()
    {
        gate.Throttle(null, quiet: false, "used up");
        Assert.Equal(0, gate.Admit(8, 0));

        gate.Passed();

        Assert.Equal(1, gate.Admit(8, 0));
        Report(DeliveryOutcome.Delivered, Web);
        Assert.Equal(8, gate.Admit(8, 0));
    }

    [Theory]
    [InlineData(nameof(DeliveryOutcome.Unreachable))]
    [InlineData(nameof(DeliveryOutcome.Rejected))]
    [InlineData(nameof(DeliveryOutcome.ReadBackMismatch))]
    [InlineData(nameof(DeliveryOutcome.Failed))]
    [InlineData(nameof(DeliveryOutcome.Missing))]
    public void What_concerns_one_version_leaves_the_target_open(string outcome)
    {
        for (var i = 0; i < 100; i++)
            Assert.Null(Report(Enum.Parse<DeliveryOutcome>(outcome), Web));
        Assert.Equal(8, gate.Admit(8, 0));
    }

    [Fact]
    public void Several_versions_that_fail_in_a_row_mean_that_the_target_is_down()
    {
        for (var i = 0; i < 4; i++)
            Assert.Null(Report(DeliveryOutcome.Unreachable, i % 2 == 0 ? Web : Api));

        Assert.Equal(TimeSpan.FromSeconds(5), Report(DeliveryOutcome.Unreachable, Web));
        Assert.Equal(PauseKind.Down, gate.Pause!.Kind);
    }

    [Fact]
    public void Failures_with_a_success_in_between_do_not()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(Report(DeliveryOutcome.Unreachable, Web));
            Assert.Null(Report(DeliveryOutcome.Unreachable, Api));
            Report(DeliveryOutcome.Rejected, Web);
        }
    }

    [Fact]
    public void A_target_without_a_connection_is_down_at_once_and_probed_at_least_once_a_minute()
    {
        var pauses = Pauses(7, () => Report(DeliveryOutcome.Unreachable, Web, disconnected: true));

        Assert.Equal([5, 10, 20, 40, 60, 60, 60], pauses.Select(p => p.TotalSeconds));
    }

    [Fact]
    public void A_dead_version_does_not_stand_for_its_target_for_good()
    {
        Pauses(3, () => Report(DeliveryOutcome.Unreachable, Web, disconnected: true));

        // Each probe that failed brings a companion; one that is let in opens the target, whatever the dead one did.
        Assert.Equal(3, gate.Admit(8, 0));
        Report(DeliveryOutcome.Delivered, Api);
        Assert.Null(Report(DeliveryOutcome.Unreachable, Web));
        Assert.Equal(8, gate.Admit(8, 0));
    }

    [Fact]
    public void An_open_circuit_closes_the_target_until_it_is_tried_again()
    {
        gate.Report(new AttemptResult(DeliveryOutcome.Unreachable, "why", TimeSpan.FromSeconds(5)), Web);

        Assert.Equal(0, gate.Admit(8, 0));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, gate.Admit(8, 0));
        Assert.Equal(TimeSpan.FromSeconds(10), Report(DeliveryOutcome.Unreachable, Api));
        clock.Advance(TimeSpan.FromSeconds(10));
        Report(DeliveryOutcome.Delivered, Api);
        Assert.Equal(8, gate.Admit(8, 0));
    }

    private TimeSpan? Report(DeliveryOutcome outcome, VersionCoordinates version, bool disconnected = false) =>
        gate.Report(new AttemptResult(outcome, "why"), version, disconnected);

    /// <summary>One pause after the other, with nothing let in.</summary>
    private List<TimeSpan> Pauses(int count, Func<TimeSpan?> close)
    {
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < count; i++)
        {
            pauses.Add(close()!.Value);
            clock.Advance(pauses[^1]);
        }

        return pauses;
    }
}
