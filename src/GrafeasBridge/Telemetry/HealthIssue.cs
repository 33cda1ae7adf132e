namespace GrafeasBridge.Telemetry;

/// <summary>Something that degrades the bridge or keeps it from serving. Anyone who may ask for health may read it.</summary>
/// <param name="Reason">One word for programs; never renamed.</param>
/// <param name="Message">A sentence of the bridge's own; it quotes neither targets nor callers.</param>
/// <param name="Since">Null when that is not known.</param>
/// <param name="Count">Of the versions meant; null when none are.</param>
internal sealed record HealthIssue(string Reason, string Message, string? Target = null, DateTimeOffset? Since = null, long? Count = null);

/// <summary>A component that reports its health issues. Asked often and by anyone, so it answers from memory.</summary>
internal interface IHealthIssueSource
{
    IEnumerable<HealthIssue> Now();
}

/// <summary>Every reason by name; README tells what each means.</summary>
internal static class HealthReasons
{
    // The bridge cannot serve.
    public const string StoreUnavailable = "STORE_UNAVAILABLE";
    public const string Stopping = "STOPPING";

    // It serves, but somebody should look.
    public const string TargetUnreachable = "TARGET_UNREACHABLE";
    public const string TargetUnauthorized = "TARGET_UNAUTHORIZED";
    public const string TargetThrottled = "TARGET_THROTTLED";
    public const string DeliveryLate = "DELIVERY_LATE";
    public const string VersionsParked = "VERSIONS_PARKED";
    public const string VersionsDrifted = "VERSIONS_DRIFTED";
    public const string DiskNearlyFull = "DISK_NEARLY_FULL";

    public static readonly IReadOnlyList<string> All =
    [
        StoreUnavailable, Stopping, TargetUnreachable, TargetUnauthorized, TargetThrottled, DeliveryLate, VersionsParked, VersionsDrifted,
        DiskNearlyFull,
    ];
}
