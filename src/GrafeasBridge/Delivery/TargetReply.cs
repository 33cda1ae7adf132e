using System.Globalization;
using System.Net.Http.Headers;
using GrafeasBridge.Delivery.RateLimiting;

namespace GrafeasBridge.Delivery;

/// <summary>One answer of a target, or why there was none.</summary>
/// <param name="Failure">Null when the target did what was asked.</param>
/// <param name="Reason">The failure in a safe sentence; empty without one.</param>
/// <param name="Status">HTTP status; 0 when no answer came.</param>
/// <param name="Body">Read in full for a success, its beginning for a failure.</param>
/// <param name="RetryAfter">What the target asked for.</param>
internal sealed record TargetReply(DeliveryOutcome? Failure, string Reason, int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter)
{
    /// <summary>What is missing, in the words of the target's kind; null unless that is the failure.</summary>
    public string? Missing { get; init; }

    /// <summary>There was not even a connection.</summary>
    public bool Disconnected { get; init; }

    /// <summary>What it told about the target's call limit; null when nothing.</summary>
    public RateHeaders? Rate { get; init; }

    public static TargetReply None(string reason, TimeSpan? retryAfter = null) =>
        new(DeliveryOutcome.Unreachable, reason, 0, ReadOnlyMemory<byte>.Empty, retryAfter);

    /// <exception cref="TargetException">When there is a failure.</exception>
    public TargetReply OrThrow() =>
        Failure is { } outcome ? throw new TargetException(outcome, Reason, RetryAfter) { Missing = Missing } : this;
}

/// <summary>Reads Retry-After in both its forms.</summary>
internal static class RetryAfterHeader
{
    /// <returns>Zero for a date that has passed, never more than <paramref name="cap"/>, null when absent or unreadable.</returns>
    public static TimeSpan? Read(HttpResponseHeaders headers, TimeProvider clock, TimeSpan cap)
    {
        TimeSpan? asked = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            // The typed header gives up on more seconds than an int holds.
            _ => headers.TryGetValues("Retry-After", out var values)
                && values.FirstOrDefault()?.Trim() is { Length: > 0 } text && text.All(char.IsAsciiDigit) ? cap : null,
        };
        return asked is not { } wait ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > cap ? cap : wait;
    }

    /// <summary>A duration as people say it.</summary>
    public static string Say(TimeSpan wait) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(wait.TotalSeconds)} s");
}
