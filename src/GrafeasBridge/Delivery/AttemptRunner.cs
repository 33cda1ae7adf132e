using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>Sees one attempt at a version through; whatever happens to it, the loop goes on.</summary>
internal sealed partial class AttemptRunner(
    DeliveryTarget target, IBridgeStore store, VersionReconciler reconciler, LoopBackoff faults, ILogger logger)
{
    /// <summary>Never throws.</summary>
    /// <param name="claim">Its place is given up at the end.</param>
    /// <param name="abandon">Gives the version back.</param>
    public async Task RunAsync(InFlightVersion claim, CancellationToken abandon)
    {
        var version = claim.Version;
        DeliveryOutcome? outcome = null;
        // The store may work synchronously; the loop must not.
        await Task.Yield();
        try
        {
            outcome = await reconciler.ReconcileAsync(target, version, abandon);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            await ReleaseAsync(version);
        }
        catch (StoreException fault)
        {
            faults.StoreFailed(fault);
            await ReleaseAsync(version);
        }
        catch (Exception fault)
        {
            Log.VersionFaulted(logger, version.Coordinates, target.Name, fault);
        }
        finally
        {
            target.RateLimiter.Ended(outcome);
            claim.Dispose();
        }
    }

    /// <summary>Gives a version back; when even that fails, the end of its lease does it.</summary>
    private async Task ReleaseAsync(ClaimedVersion version)
    {
        try
        {
            // On purpose without the stopping token, which has fired: this is what is still to be done.
            await store.ReleaseAsync([version], CancellationToken.None);
            Log.Released(logger, version.Coordinates, target.Name);
        }
        catch (Exception fault)
        {
            Log.NotReleased(logger, version.Coordinates, target.Name, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            3033, LogLevel.Error,
            "{Version} at target {Target} could not be brought to an end; its lease brings it back",
            EventName = "VersionFaulted")]
        public static partial void VersionFaulted(ILogger logger, VersionCoordinates version, string target, Exception fault);

        [LoggerMessage(3034, LogLevel.Information, "{Version} at target {Target} was given back", EventName = "Released")]
        public static partial void Released(ILogger logger, VersionCoordinates version, string target);

        [LoggerMessage(
            3035, LogLevel.Warning,
            "{Version} at target {Target} could not be given back; the end of its lease does it",
            EventName = "NotReleased")]
        public static partial void NotReleased(ILogger logger, VersionCoordinates version, string target, Exception fault);
    }
}
