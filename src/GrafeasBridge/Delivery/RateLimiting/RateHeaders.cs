using System.Globalization;
using System.Net.Http.Headers;

namespace GrafeasBridge.Delivery.RateLimiting;

/// <summary>What an answer told about the target's limit, by <c>X-RateLimit-*</c> or <c>RateLimit-*</c>.</summary>
/// <param name="Limit">Calls in a window; positive.</param>
/// <param name="Remaining">Calls that are left of it.</param>
/// <param name="Reset">How long until the window is over; null when it did not say.</param>
internal sealed record RateHeaders(long Limit, long Remaining, TimeSpan? Reset)
{
    private const long MostCalls = 1_000_000_000;

    // What is larger is a date, in seconds or in milliseconds.
    private const long LongestSeconds = 100_000_000;
    private const long LongestEpoch = 100_000_000_000;

    /// <returns>Null when the answer says nothing, or nothing that makes sense.</returns>
    public static RateHeaders? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (Number(headers, "Limit") is not { } limit || Number(headers, "Remaining") is not { } remaining)
            return null;
        return limit is < 1 or > MostCalls || remaining > limit ? null : new RateHeaders(limit, remaining, Until(Number(headers, "Reset"), now));
    }

    private static TimeSpan? Until(long? reset, DateTimeOffset now)
    {
        TimeSpan? until = reset switch
        {
            null => null,
            <= LongestSeconds => TimeSpan.FromSeconds(reset.Value),
            <= LongestEpoch => DateTimeOffset.FromUnixTimeSeconds(reset.Value) - now,
            <= LongestEpoch * 1000 => DateTimeOffset.FromUnixTimeMilliseconds(reset.Value) - now,
            _ => null,
        };
        return until is { } wait && wait > TimeSpan.Zero && wait <= CallHistory.Longest ? wait : null;
    }

    private static long? Number(HttpResponseHeaders headers, string name)
    {
        foreach (var header in (string[])[$"X-RateLimit-{name}", $"RateLimit-{name}"])
        {
            if (headers.TryGetValues(header, out var values)
                && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }
}
