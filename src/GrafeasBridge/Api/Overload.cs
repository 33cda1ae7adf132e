using System.Diagnostics.Metrics;
using GrafeasBridge.Telemetry;

namespace GrafeasBridge.Api;

/// <summary>
/// Calls that were refused because there were too many: counted one by one, logged once in a while. A line for each would be one more
/// load just then.
/// </summary>
internal sealed partial class Overload(TimeProvider clock, ILogger<Overload> logger)
{
    public const string Calls = "calls";
    public const string Store = "store";

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    private static readonly Counter<long> Refusals = BridgeTelemetry.Meter.CreateCounter<long>(
        "grafeasbridge.ingest.overload", "{call}", "Calls refused because there were too many, by what was full.");

    private readonly Lock gate = new();
    private DateTimeOffset quietUntil = DateTimeOffset.MinValue;
    private long unsaid;

    /// <param name="full">Whose limit was met: <see cref="Calls"/> or <see cref="Store"/>.</param>
    public void Refused(string full)
    {
        Refusals.Add(1, new KeyValuePair<string, object?>("full", full));
        long count;
        lock (gate)
        {
            unsaid++;
            var now = clock.GetUtcNow();
            // A clock that went back must not make it silent for long.
            if (now < quietUntil && quietUntil - now <= Between)
                return;
            quietUntil = now + Between;
            (count, unsaid) = (unsaid, 0);
        }

        Log.Overloaded(logger, count, full);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1003, LogLevel.Warning,
            "Overloaded: {Count} calls were refused since the last message, now at the limit of {Full}",
            EventName = "Overloaded")]
        public static partial void Overloaded(ILogger logger, long count, string full);
    }
}
