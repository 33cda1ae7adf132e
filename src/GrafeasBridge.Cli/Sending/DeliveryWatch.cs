using GrafeasBridge.Cli.Connecting;
using GrafeasBridge.V1;
using Grpc.Core;

namespace GrafeasBridge.Cli.Sending;

/// <summary>Follows accepted occurrences to their targets.</summary>
internal sealed class DeliveryWatch(Session session)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Reads the delivery state once, or until everything is verified or parked, or the time is over.</summary>
    public async Task<SendResult> FollowAsync(SendResult sent, bool untilVerified)
    {
        if (sent.Failure is not null || sent.Item.Occurrence is null)
            return sent;

        var result = sent;
        try
        {
            for (var pause = FirstPause; ; pause = Longer(pause))
            {
                var request = new GetOccurrenceDeliveryRequest { Name = sent.Name };
                var delivery = await session.QueryAsync(o => session.Bridge.GetOccurrenceDeliveryAsync(request, o));
                result = sent with { Delivery = delivery, Undelivered = untilVerified && !delivery.Versions.All(IsVerified) };
                if (!result.Undelivered || delivery.Versions.All(IsFinal))
                    return result;

                await Task.Delay(pause, session.Clock, session.Token);
            }
        }
        catch (RpcException e)
        {
            return result with { DeliveryFailure = Failure.From(e, session.Server) };
        }
        catch (OperationCanceledException) when (session.TimedOut)
        {
            return result with { Undelivered = untilVerified };
        }
    }

    private static bool IsVerified(VersionSummary version) => version.State == DeliveryState.Verified;

    /// <summary>A parked version changes only when a person acts.</summary>
    private static bool IsFinal(VersionSummary version) => version.State is DeliveryState.Verified or DeliveryState.Parked;

    private static TimeSpan Longer(TimeSpan pause) => pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
}
