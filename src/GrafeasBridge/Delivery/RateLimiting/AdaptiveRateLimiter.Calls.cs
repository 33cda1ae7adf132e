using System.Globalization;

namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>The side of the calls: each attempt passes here, innermost in the pipeline, so that repetitions count.</summary>
internal sealed partial class AdaptiveRateLimiter
{
    /// <summary>Makes one attempt, unless the target asked not to be called.</summary>
    public async ValueTask<TargetReply> CallAsync(Func<CancellationToken, ValueTask<TargetReply>> attempt, CancellationToken cancellationToken)
    {
        if (Gate.Quiet is { } rest)
        {
            return new TargetReply(
                DeliveryOutcome.Throttled, $"The target asked not to be called for {RetryAfterHeader.Say(rest)}.", 0, default, rest);
        }

        var call = Send();
        var reply = await attempt(cancellationToken);
        Answered(call, reply);
        return reply;
    }

    internal SentCall Send()
    {
        lock (sync)
        {
            var now = Now;
            throughput.Called();
            budget.Reserved = Math.Max(0, budget.Reserved - 1);
            budget.Spend(now);
            return new SentCall(++sent, now);
        }
    }

    internal void Answered(SentCall call, TargetReply reply)
    {
        lock (sync)
        {
            var now = Now;
            disconnected = reply.Disconnected;
            if (reply.Failure == DeliveryOutcome.Throttled)
            {
                budget.Refund(call.At);
                throughput.Discount(1);
                var asked = reply.RetryAfter ?? (reply.Rate is { Remaining: 0 } ? reply.Rate.Reset : null);
                estimator.Scarce(now, sent, now + asked, told: null);
                Say(Gate.Throttle(asked, quiet: asked is not null, reply.Reason), reply.Reason);
            }
            else if (reply.Status > 0)
            {
                Passed(call, reply.Rate, now);
            }
        }
    }

    private void Passed(SentCall call, RateHeaders? rate, TimeSpan now)
    {
        if (rate is not null && RunsOut(rate))
        {
            var why = string.Create(
                CultureInfo.InvariantCulture, $"The target says that {rate.Remaining} of {rate.Limit} calls are left.");
            estimator.Scarce(now, sent, now + rate.Reset, rate.Limit);
            Say(Gate.Throttle(rate.Reset, quiet: false, why), why);
            return;
        }

        if (!estimator.Passed(call.Number, call.At))
            return;
        Gate.Passed();
        budget.Set(estimator.Limit, now);
        if (estimator.Limit is { } limit)
            Log.Learned(logger, Name, limit.Calls, limit.Window, limit.Source, limit.Rate);
    }

    /// <summary>Headers are believed only once they were seen to count down; some targets always say zero.</summary>
    private bool RunsOut(RateHeaders rate)
    {
        var before = lastRate;
        lastRate = rate;
        if (headersIgnored)
            return false;
        if (rate.Remaining == 0 && before is { Remaining: 0 })
        {
            headersIgnored = true;
            Log.HeadersIgnored(logger, Name);
            return false;
        }

        var few = rate.Remaining <= Math.Max(1, (long)(ScarceRemaining * rate.Limit));
        return few && (estimator.IsScarce || (before is not null && before.Remaining > rate.Remaining));
    }
}
