using BintrayEmulator.Http;

namespace BintrayEmulator.Access;

/// <summary>
/// The service's call limit: so many calls in a window, reported by <c>X-RateLimit-Limit</c> and <c>-Remaining</c>, then 403. It counted
/// only calls on what the caller does not own.
/// </summary>
internal sealed class CallLimit(EmulatorOptions options, TimeProvider clock)
{
    // Far above the callers one emulator meets; the bound is against callers that make up names.
    private const int MaxCallers = 10_000;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Window> windows = new(StringComparer.Ordinal);

    /// <summary>Counts a call and writes the headers; refused (403) when none are left.</summary>
    public void Count(HttpContext context, Caller caller, string? subject)
    {
        if (options.RateLimit == 0 || !options.RateLimitOwners && subject is not null && caller.MayPublish(subject))
            return;

        var remaining = Take(caller.Name is { } name ? "user " + name : "address " + context.Connection.RemoteIpAddress);
        context.Response.Headers["X-RateLimit-Limit"] = Invariant(options.RateLimit);
        context.Response.Headers["X-RateLimit-Remaining"] = Invariant(Math.Max(0, remaining));
        if (remaining < 0)
            throw Refusals.CallLimit();
    }

    private static string Invariant(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private int Take(string caller)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (!windows.TryGetValue(caller, out var window) || now - window.Began >= options.RateLimitWindow)
            {
                if (windows.Count >= MaxCallers)
                    windows.Clear();

                windows[caller] = window = new Window(now);
            }

            window.Used = Math.Min(window.Used + 1, options.RateLimit + 1L);
            return (int)(options.RateLimit - window.Used);
        }
    }

    private sealed class Window(DateTimeOffset began)
    {
        public DateTimeOffset Began { get; } = began;

        public long Used { get; set; }
    }
}
