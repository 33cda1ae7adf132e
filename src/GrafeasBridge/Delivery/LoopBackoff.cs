using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

/// <summary>
/// Runs the turns of a loop so that no fault ends it: it would do nothing until a restart. After a fault the loop waits, twice as
/// long after each further one in a row.
/// </summary>
/// <param name="work">What the loop does, for the log.</param>
/// <param name="target">What it does that for.</param>
/// <param name="first">Half of the first wait.</param>
/// <param name="longest">Where the doubling ends.</param>
/// <param name="logger">Of the loop.</param>
internal sealed partial class LoopBackoff(string work, string target, TimeSpan first, TimeSpan longest, ILogger logger)
{
    private int failures;
    private bool storeFails;

    /// <summary>True after a turn that failed.</summary>
    public bool IsFailing => failures > 0;

    /// <param name="turn">Returns how long to wait for the next.</param>
    /// <param name="stopping">Ends a turn without a fault.</param>
    /// <returns>How long to wait for the next turn.</returns>
    public async Task<TimeSpan> RunAsync(Func<CancellationToken, Task<TimeSpan>> turn, CancellationToken stopping)
    {
        try
        {
            var wait = await turn(stopping);
            if (storeFails)
                Log.StoreBack(logger, work, target);
            (failures, storeFails) = (0, false);
            return wait;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (StoreException fault)
        {
            StoreFailed(fault);
            storeFails = true;
        }
        catch (Exception fault)
        {
            Log.TurnFailed(logger, work, target, fault);
        }

        return Delay(++failures);
    }

    /// <summary>Says in the log that the store failed on a part of the work that the loop does not wait for.</summary>
    public void StoreFailed(StoreException fault) => Log.StoreFailed(logger, fault.Failure, work, target, fault);

    /// <returns>How long to wait after so many failures in a row.</returns>
    public TimeSpan Delay(int count)
    {
        var wait = first * Math.Pow(2, Math.Min(count, 10));
        return wait < longest ? wait : longest;
    }

    private static partial class Log
    {
        [LoggerMessage(
            3030, LogLevel.Warning,
            "The store failed ({Failure}) during {Work} at target {Target}; it is tried again soon",
            EventName = "StoreFailed")]
        public static partial void StoreFailed(ILogger logger, StoreFailure failure, string work, string target, Exception fault);

        [LoggerMessage(3031, LogLevel.Information, "The store works again for {Work} at target {Target}", EventName = "StoreBack")]
        public static partial void StoreBack(ILogger logger, string work, string target);

        [LoggerMessage(3032, LogLevel.Error, "The loop for {Work} at target {Target} failed; it goes on", EventName = "LoopFailed")]
        public static partial void TurnFailed(ILogger logger, string work, string target, Exception fault);
    }
}
