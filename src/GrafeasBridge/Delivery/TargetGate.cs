using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery;

/// <summary>
/// Says how many versions of a target may be taken in hand now. A target that refuses the credentials or asks for quiet is
/// closed for a while; then one version goes first, and the others follow when it was let in.
/// </summary>
internal sealed class TargetGate(DeliveryOptions options, TimeProvider clock)
{
    private static readonly TimeSpan LongestUnauthorized = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestThrottle = TimeSpan.FromHours(1);

    private readonly Lock sync = new();
    private DateTimeOffset? closedUntil;
    private bool probing;
    private int pausesInRow;

    // Since the last pause: was anybody let in, and who was refused since then?
    private bool letIn;
    private PackageCoordinates? refused;

    /// <summary>When the pause ends; null while there is none.</summary>
    public DateTimeOffset? ClosedUntil
    {
        get
        {
            lock (sync)
                return closedUntil > clock.GetUtcNow() ? closedUntil : null;
        }
    }

    /// <returns>How many of the <paramref name="free"/> slots may be filled while <paramref name="inHand"/> versions are in hand.</returns>
    public int Admit(int free, int inHand)
    {
        lock (sync)
        {
            if (closedUntil > clock.GetUtcNow())
                return 0;
            closedUntil = null;
            return !probing ? free : inHand == 0 ? Math.Min(free, 1) : 0;
        }
    }

    /// <summary>Learns from how a try ended.</summary>
    /// <returns>The pause that this began; null when it began none.</returns>
    public TimeSpan? Report(DeliveryOutcome outcome, TimeSpan? retryAfter, PackageCoordinates package)
    {
        lock (sync)
        {
            switch (outcome)
            {
                case DeliveryOutcome.Unauthorized when letIn && (refused is null || refused == package):
                    // Others are let in, so the rights of this package may be all that is missing: no reason to stop the rest.
                    refused = package;
                    probing = false;
                    return null;
                case DeliveryOutcome.Unauthorized:
                    return Close(null, Doubled(options.PauseAfterUnauthorized, LongestUnauthorized));
                case DeliveryOutcome.Throttled:
                    return Close(retryAfter, Doubled(options.ThrottlePause, LongestThrottle));
                case DeliveryOutcome.Unreachable when retryAfter > TimeSpan.Zero:
                    return Close(retryAfter, TimeSpan.Zero);
                case DeliveryOutcome.LeaseLost or DeliveryOutcome.Returned or DeliveryOutcome.StoreFailed or DeliveryOutcome.Failed:
                    return null;
                default:
                    Open(outcome != DeliveryOutcome.Unreachable);
                    return null;
            }
        }
    }

    /// <param name="asked">By the target; counts even during a pause.</param>
    /// <param name="own">Our guess; versions that were in hand together all report, and are one pause, not several.</param>
    private TimeSpan? Close(TimeSpan? asked, TimeSpan own)
    {
        DateTimeOffset now = clock.GetUtcNow();
        bool closed = closedUntil > now;
        probing = true;
        letIn = false;
        refused = null;
        TimeSpan pause = asked ?? own;
        if (closed && (asked is null || closedUntil >= now + pause))
            return null;
        if (!closed)
            pausesInRow++;
        closedUntil = now + pause;
        return pause;
    }

    private void Open(bool accepted)
    {
        if (closedUntil > clock.GetUtcNow())
            return;
        probing = false;
        if (!accepted)
            return;
        pausesInRow = 0;
        letIn = true;
        refused = null;
    }

    private TimeSpan Doubled(TimeSpan first, TimeSpan longest)
    {
        TimeSpan limit = first > longest ? first : longest;
        double wait = first.TotalSeconds * Math.Pow(2, Math.Min(pausesInRow, 20));
        return wait < limit.TotalSeconds ? TimeSpan.FromSeconds(wait) : limit;
    }
}
