namespace GrafeasBridge.Delivery.Governor;

/// <summary>The calls of one version in hand. The flow of its work carries it, so that each call is put down to its version.</summary>
/// <param name="expected">Calls that it will probably make.</param>
/// <param name="began">When it was taken in hand.</param>
/// <param name="dips">How many dips of the concurrency there had been then.</param>
internal sealed class VersionCalls(double expected, TimeSpan began, int dips)
{
    private static readonly AsyncLocal<VersionCalls?> Flow = new();

    /// <summary>Of the version that the running code works on; null for work in the background.</summary>
    public static VersionCalls? Current => Flow.Value;

    public TimeSpan Began { get; } = began;

    public int Dips { get; } = dips;

    public int Made { get; set; }

    /// <summary>Calls that are still held free for it.</summary>
    public double Expected { get; set; } = expected;

    /// <summary>From here on, what the calling asynchronous method does is done for this version.</summary>
    public void Enter() => Flow.Value = this;
}

/// <summary>A call under way.</summary>
/// <param name="Number">Grows with every call of the target.</param>
/// <param name="InFlight">Calls under way when it was sent, itself included.</param>
internal sealed record SentCall(long Number, TimeSpan At, int InFlight);

/// <summary>How many versions may be claimed.</summary>
/// <param name="Versions">Now.</param>
/// <param name="Wait">When there are none: how long until there are, as far as time alone decides it; null when it does not.</param>
internal sealed record Admission(int Versions, TimeSpan? Wait);
