namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>What is told to others: how the target does, and what is kept over a restart.</summary>
internal sealed partial class AdaptiveRateLimiter
{
    /// <summary>Takes note of how many versions wait.</summary>
    public void Sampled(long count)
    {
        lock (sync)
            backlog = count;
    }

    public TargetStatus Status()
    {
        lock (sync)
        {
            var now = Now;
            var pause = Gate.Pause;
            var trouble = Gate.Trouble;
            return new TargetStatus(
                Name,
                pause is null,
                clock.GetUtcNow() + pause?.Left,
                pause?.Reason ?? Gate.Probing ?? "",
                estimator.Limit,
                slots,
                throughput.CallsPerVersion,
                throughput.VersionsPerSecond(now),
                backlog,
                TimeToDrain(pause, now),
                trouble?.Kind,
                trouble?.For ?? TimeSpan.Zero);
        }
    }

    /// <returns>A line for <see cref="Restore"/>.</returns>
    public string Save()
    {
        lock (sync)
        {
            var limit = estimator.Proven is { Source: not LimitSource.Configured } learned ? learned : null;
            var cost = Math.Round(throughput.CallsPerVersion, 1);
            return new SavedRateLimit(SavedRateLimit.CurrentForm, limit?.Calls, limit?.Window.TotalSeconds, limit?.Source, cost).Write();
        }
    }

    /// <summary>Takes what an earlier process saved; what cannot be read is learned again.</summary>
    public void Restore(string saved)
    {
        if (SavedRateLimit.Read(saved) is not { } learned)
        {
            Log.Unreadable(logger, Name);
            return;
        }

        lock (sync)
        {
            throughput.Restore(learned.CallsPerVersion);
            if (learned.Limit is not { } limit || estimator.Limit is not null)
                return;
            estimator.Restore(limit, Now);
            budget.Set(limit, Now, throughput.CallsPerVersion);
            Log.Learned(logger, Name, limit.Calls, limit.Window, limit.Source, limit.Rate);
        }
    }

    private TimeSpan? TimeToDrain(TargetPause? pause, TimeSpan now)
    {
        if (backlog is not { } versions)
            return null;
        if (versions == 0)
            return TimeSpan.Zero;
        var byPace = versions / throughput.VersionsPerSecond(now);
        var byLimit = versions / estimator.Limit?.VersionsPerSecond(throughput.CallsPerVersion);
        // How fast it was before its limit was met says nothing.
        if ((estimator.IsScarce && byLimit is null) || (byPace ?? byLimit) is not { } known)
            return null;
        var seconds = Math.Max(known, Math.Max(byPace ?? 0, byLimit ?? 0));
        return TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(36_500).TotalSeconds)) + (pause?.Left ?? TimeSpan.Zero);
    }
}
