using GrafeasBridge.Mapping;
using GrafeasBridge.Store;

namespace GrafeasBridge.Delivery;

internal sealed partial class TargetLoop
{
    private static partial class Log
    {
        [LoggerMessage(
            3030, LogLevel.Warning, "The store failed ({Failure}) while working for target {Target}; it is tried again soon", EventName = "StoreFailed")]
        public static partial void StoreFailed(ILogger logger, string target, StoreFailure failure, Exception fault);

        [LoggerMessage(3031, LogLevel.Information, "The store works again for target {Target}", EventName = "StoreBack")]
        public static partial void StoreBack(ILogger logger, string target);

        [LoggerMessage(3032, LogLevel.Error, "The delivery loop of target {Target} failed; it goes on", EventName = "TurnFaulted")]
        public static partial void TurnFaulted(ILogger logger, string target, Exception fault);

        [LoggerMessage(
            3033, LogLevel.Error, "{Version} at target {Target} could not be brought to an end; its lease brings it back", EventName = "VersionFaulted")]
        public static partial void VersionFaulted(ILogger logger, VersionCoordinates version, string target, Exception fault);

        [LoggerMessage(3034, LogLevel.Information, "{Version} at target {Target} was given back", EventName = "Released")]
        public static partial void Released(ILogger logger, VersionCoordinates version, string target);

        [LoggerMessage(
            3035, LogLevel.Warning, "{Version} at target {Target} could not be given back; the end of its lease does it", EventName = "NotReleased")]
        public static partial void NotReleased(ILogger logger, VersionCoordinates version, string target, Exception fault);

        [LoggerMessage(3036, LogLevel.Warning, "Waiting for work for target {Target} failed; the worker polls", EventName = "SignalFaulted")]
        public static partial void SignalFaulted(ILogger logger, string target, Exception fault);
    }
}
