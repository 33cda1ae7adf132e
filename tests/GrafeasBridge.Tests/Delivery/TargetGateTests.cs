using GrafeasBridge.Delivery;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Tests.Delivery;

public sealed class TargetGateTests
{
    private static readonly PackageCoordinates Web = new("acme", "images", "web");
    private static readonly PackageCoordinates Api = new("acme", "images", "api");

    private readonly TestClock clock = new();
    private readonly TargetGate gate;

    public TargetGateTests() => gate = new TargetGate(new DeliveryOptions(), clock);

    [Fact]
    public void A_refusal_closes_the_target_and_then_one_version_goes_first()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), gate.Report(DeliveryOutcome.Unauthorized, null, Web));

        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, gate.Admit(8, 0));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, gate.Admit(8, 0));
        Assert.Equal(0, gate.Admit(7, 1));

        Assert.Null(gate.Report(DeliveryOutcome.Delivered, null, Web));
        Assert.Equal(7, gate.Admit(7, 1));
    }

    [Fact]
    public void Refusals_in_a_row_double_the_pause_up_to_a_quarter_of_an_hour()
    {
        var pauses = new List<double>();
        for (int i = 0; i < 6; i++)
        {
            TimeSpan pause = gate.Report(DeliveryOutcome.Unauthorized, null, Web)!.Value;
            pauses.Add(pause.TotalMinutes);
            clock.Advance(pause);
        }

        Assert.Equal([1, 2, 4, 8, 15, 15], pauses);
        gate.Report(DeliveryOutcome.Unchanged, null, Web);
        gate.Report(DeliveryOutcome.Unauthorized, null, Web);
        Assert.Equal(TimeSpan.FromMinutes(1), gate.Report(DeliveryOutcome.Unauthorized, null, Api));
    }

    [Fact]
    public void Versions_that_were_in_hand_together_begin_one_pause()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), gate.Report(DeliveryOutcome.Unauthorized, null, Web));
        Assert.Null(gate.Report(DeliveryOutcome.Unauthorized, null, Api));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, gate.Admit(8, 0));

        Assert.Equal(TimeSpan.FromMinutes(2), gate.Report(DeliveryOutcome.Unauthorized, null, Web));
    }

    [Fact]
    public void One_package_without_rights_does_not_stop_the_others()
    {
        gate.Report(DeliveryOutcome.Delivered, null, Api);

        Assert.Null(gate.Report(DeliveryOutcome.Unauthorized, null, Web));
        Assert.Null(gate.Report(DeliveryOutcome.Unauthorized, null, Web));
        Assert.Equal(8, gate.Admit(8, 3));
        Assert.NotNull(gate.Report(DeliveryOutcome.Unauthorized, null, Api));
    }

    [Fact]
    public void A_throttled_target_is_closed_for_as_long_as_it_asked()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), gate.Report(DeliveryOutcome.Throttled, TimeSpan.FromSeconds(30), Web));
        gate.Report(DeliveryOutcome.Delivered, null, Api); // was in hand already

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, gate.Admit(8, 0));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, gate.Admit(8, 0));
    }

    [Fact]
    public void A_used_up_limit_without_a_time_is_a_minute_then_two() =>
        Assert.Equal(
            [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)],
            Enumerable.Range(0, 2).Select(_ =>
            {
                TimeSpan pause = gate.Report(DeliveryOutcome.Throttled, null, Web)!.Value;
                clock.Advance(pause);
                return pause;
            }));

    [Theory]
    [InlineData(nameof(DeliveryOutcome.Unreachable))]
    [InlineData(nameof(DeliveryOutcome.Rejected))]
    [InlineData(nameof(DeliveryOutcome.NotAsWritten))]
    [InlineData(nameof(DeliveryOutcome.Failed))]
    [InlineData(nameof(DeliveryOutcome.PackageMissing))]
    public void What_concerns_one_version_leaves_the_target_open(string outcome)
    {
        Assert.Null(gate.Report(Enum.Parse<DeliveryOutcome>(outcome), null, Web));
        Assert.Equal(8, gate.Admit(8, 0));
    }

    [Fact]
    public void An_open_circuit_closes_the_target_until_it_is_tried_again()
    {
        gate.Report(DeliveryOutcome.Unreachable, TimeSpan.FromSeconds(5), Web);

        Assert.Equal(0, gate.Admit(8, 0));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, gate.Admit(8, 0));
        gate.Report(DeliveryOutcome.Unreachable, null, Web);
        Assert.Equal(8, gate.Admit(8, 0));
    }
}
