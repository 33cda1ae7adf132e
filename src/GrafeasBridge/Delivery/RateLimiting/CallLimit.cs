namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>Who said what a target's limit is.</summary>
internal enum LimitSource
{
    /// <summary>The operator, in the settings.</summary>
    Configured,

    /// <summary>The target refused, and later let calls pass again.</summary>
    Refusals,

    /// <summary>The target told how many calls are left, before it refused.</summary>
    Headers,
}

/// <summary>A target allows this many calls in any stretch of time of this length.</summary>
internal sealed record CallLimit(double Calls, TimeSpan Window, LimitSource Source)
{
    /// <summary>What is used of a limit: the rest is for the burst below, and for what was estimated a little wrong.</summary>
    public const double Used = 0.9;

    /// <summary>What may be saved up by making no calls.</summary>
    public const double Burst = 0.05;

    /// <summary>Never more than this within a window, even where single versions are large against the limit.</summary>
    public double Most => Math.Min(Calls, (0.98 * Calls) + 1);

    /// <summary>Calls in a second that the bridge makes at most in the long run.</summary>
    public double Rate => Used * Calls / Window.TotalSeconds;

    /// <summary>Versions in a second at most: only whole ones fit into a window.</summary>
    public double VersionsPerSecond(double cost) =>
        Math.Min(Rate / cost, Math.Max(1, Math.Floor(Most / cost)) / Window.TotalSeconds);
}
