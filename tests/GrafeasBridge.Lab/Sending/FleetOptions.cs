namespace GrafeasBridge.Lab.Sending;

/// <summary>How senders behave.</summary>
internal sealed record FleetOptions
{
    /// <summary>Calls in flight at most.</summary>
    public int Senders { get; init; } = 12;

    /// <summary>Builds that one job sends, one after the other.</summary>
    public int PerJob { get; init; } = 5;

    /// <summary>Share of builds that a client sends again though it was answered.</summary>
    public double ClientRetries { get; init; } = 0.1;

    /// <summary>Share of jobs that are run a second time.</summary>
    public double JobReruns { get; init; } = 0.1;

    /// <summary>How long a sender waits for an answer before it gives the call up.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest hint that is waited for in full; a sender's own patience is shorter than an operator's.</summary>
    public TimeSpan LongestHint { get; init; } = TimeSpan.FromSeconds(5);
}
