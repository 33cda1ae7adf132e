using GrafeasBridge.Delivery.RateLimiting;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>Says when a target may be called though nobody waits for the answer.</summary>
internal interface IBackgroundBudget
{
    /// <summary>How long the target is left alone; null while it is not.</summary>
    TimeSpan? Pause { get; }

    /// <summary>True when so many calls may be made now.</summary>
    bool TryTake(int calls);

    /// <summary>Tells how a check ended, as deliveries tell it.</summary>
    void Report(AttemptResult result, VersionCoordinates version);
}

/// <summary>The rate limiter of deliveries: what is closed for them is closed for checks, and checks get what they leave.</summary>
internal sealed class RateLimiterBudget(AdaptiveRateLimiter limiter) : IBackgroundBudget
{
    public TimeSpan? Pause => limiter.Gate.Pause?.Left;

    public bool TryTake(int calls) => limiter.TryTakeForBackground(calls);

    public void Report(AttemptResult result, VersionCoordinates version) => limiter.Report(result, version);
}
