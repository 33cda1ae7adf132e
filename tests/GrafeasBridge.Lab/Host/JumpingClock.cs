using System.Globalization;

namespace GrafeasBridge.Lab.Host;

/// <summary>
/// The wall clock, off by what a file says. Timers and timestamps go on as they do in a machine whose clock is set: only what
/// asks for the time of day sees the jump.
/// </summary>
internal sealed class JumpingClock(string file) : TimeProvider
{
    private const long LookEveryMilliseconds = 10;
    private readonly Lock sync = new();
    private long lookedAt = -LookEveryMilliseconds;
    private TimeSpan offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset();

    private TimeSpan Offset()
    {
        lock (sync)
        {
            var now = Environment.TickCount64;
            if (now - lookedAt < LookEveryMilliseconds)
                return offset;
            lookedAt = now;
            // Half-written or not there: what stood there before still holds.
            if (File.Exists(file) && TimeSpan.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var told))
                offset = told;
            return offset;
        }
    }
}
