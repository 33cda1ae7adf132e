using GrafeasBridge.Delivery;
using GrafeasBridge.Store;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly DeliveryOptions Options = new();

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(5, 80)]
    [InlineData(10, 2560)]
    [InlineData(11, 3600)]
    [InlineData(int.MaxValue, 3600)]
    public void The_delay_doubles_up_to_its_limit(int attempts, int seconds)
    {
        Assert.Equal(Now.AddSeconds(seconds), Settle(DeliveryOutcome.Unreachable, attempts, random: 1).NextAttempt);
        Assert.Equal(Now.AddSeconds(seconds / 2.0), Settle(DeliveryOutcome.Unreachable, attempts, random: 0).NextAttempt);
    }

    [Fact]
    public void What_the_target_asked_for_is_the_least()
    {
        Assert.Equal(Now.AddMinutes(20), Settle(DeliveryOutcome.Throttled, 1, retryAfter: TimeSpan.FromMinutes(20)).NextAttempt);
        Assert.Equal(Now.AddHours(1), Settle(DeliveryOutcome.Throttled, 20, random: 1, retryAfter: TimeSpan.FromSeconds(1)).NextAttempt);
    }

    [Fact]
    public void A_version_waits_at_least_until_its_target_is_open_again()
    {
        var settlement = Settle(DeliveryOutcome.Unauthorized, 1, random: 0.5, notBefore: Now.AddMinutes(15));

        Assert.Equal(DeliveryState.Waiting, settlement.State);
        Assert.Equal(Now.AddMinutes(15).AddSeconds(2.5), settlement.NextAttempt);
    }

    [Fact]
    public void A_refused_version_leaves_its_target_alone_for_the_pause_even_when_the_target_stays_open() =>
        Assert.Equal(Now.AddMinutes(1), Settle(DeliveryOutcome.Unauthorized, 1).NextAttempt);

    [Fact]
    public void After_the_horizon_a_version_is_parked_with_a_sentence()
    {
        Assert.Equal(DeliveryState.Waiting, Settle(DeliveryOutcome.Unreachable, 80, since: Now.AddHours(-71.9)).State);

        var settlement = Settle(DeliveryOutcome.Unreachable, 81, since: Now.AddHours(-72));

        Assert.Equal(DeliveryState.Parked, settlement.State);
        Assert.Null(settlement.NextAttempt);
        Assert.Equal(
            "Failing since 2026-10-30 08:00:00Z, longer than Delivery:Horizon (3.00:00:00); redeliver when the cause is gone. Last: why",
            settlement.Reason);
    }

    [Theory]
    [InlineData(nameof(DeliveryOutcome.Unauthorized))]
    [InlineData(nameof(DeliveryOutcome.Throttled))]
    public void What_is_mended_at_the_target_never_parks_a_version(string outcome) =>
        Assert.Equal(DeliveryState.Waiting, Settle(Enum.Parse<DeliveryOutcome>(outcome), 500, since: Now.AddDays(-30)).State);

    [Theory]
    [InlineData(nameof(DeliveryOutcome.Rejected))]
    [InlineData(nameof(DeliveryOutcome.Missing))]
    public void What_a_person_must_mend_parks_at_once(string outcome)
    {
        var settlement = Settle(Enum.Parse<DeliveryOutcome>(outcome), 1);

        Assert.Equal((DeliveryState.Parked, outcome, "why"), (settlement.State, settlement.Outcome, settlement.Reason));
    }

    [Fact]
    public void A_missing_package_is_waited_for_during_the_grace_and_a_refusal_is_not()
    {
        var patient = new DeliveryOptions { MissingGrace = TimeSpan.FromMinutes(10) };

        Assert.Equal(DeliveryState.Waiting, Settle(DeliveryOutcome.Missing, 1, options: patient).State);
        Assert.Equal(DeliveryState.Waiting, Settle(DeliveryOutcome.Missing, 5, since: Now.AddMinutes(-9), options: patient).State);
        Assert.Equal(DeliveryState.Parked, Settle(DeliveryOutcome.Missing, 6, since: Now.AddMinutes(-10), options: patient).State);
        Assert.Equal(DeliveryState.Parked, Settle(DeliveryOutcome.Rejected, 1, options: patient).State);
    }

    [Fact]
    public void A_success_is_verified_and_says_what_is_owned()
    {
        var settlement = RetrySchedule.Settle(
            Options, TargetHarness.Claimed(), new AttemptResult(DeliveryOutcome.Delivered, "ok", Owned: ["a"]), Now, null, 0.5);

        Assert.Equal(DeliveryState.Verified, settlement.State);
        Assert.Null(settlement.NextAttempt);
        Assert.Equal(["a"], settlement.Owned!);
    }

    [Fact]
    public void What_is_not_settled_has_no_settlement() =>
        Assert.Throws<ArgumentException>(() => Settle(DeliveryOutcome.LeaseLost, 1));

    [Fact]
    public void A_waiting_version_always_has_a_time_in_the_future_within_bounds() =>
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(CsCheck.Gen.Int[1, 100_000], CsCheck.Gen.Double[0, 1]),
            pair =>
            {
                var delay = Settle(DeliveryOutcome.MalformedResponse, pair.Item1, random: pair.Item2).NextAttempt!.Value - Now;
                Assert.InRange(delay, Options.FirstRetry / 2, Options.MaxRetryDelay);
            },
            iter: PropertyRuns.Of(100));

    private static Settlement Settle(
        DeliveryOutcome outcome, int attempts, double random = 0, TimeSpan? retryAfter = null, DateTimeOffset? since = null,
        DateTimeOffset? notBefore = null, DeliveryOptions? options = null) =>
        RetrySchedule.Settle(
            options ?? Options, TargetHarness.Claimed(attempts, since), new AttemptResult(outcome, "why", retryAfter), Now, notBefore, random);
}
