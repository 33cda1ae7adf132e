namespace GrafeasBridge.Telemetry;

/// <summary>Something that ails the bridge. Anyone who may ask for health may read it.</summary>
/// <param name="Reason">One word for programs; never renamed.</param>
/// <param name="Message">A sentence of the bridge's own, with nothing in it that a target or a caller said.</param>
/// <param name="Since">Null when that is not known.</param>
/// <param name="Count">Of the versions meant; null when none are.</param>
internal sealed record Complaint(string Reason, string Message, string? Target = null, DateTimeOffset? Since = null, long? Count = null);

/// <summary>A room that knows what ails it. Asked often and by anyone: it answers from memory.</summary>
internal interface IComplaints
{
    IEnumerable<Complaint> Now();
}

/// <summary>Every reason by name; README tells what each means.</summary>
internal static class Reasons
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
