using System.Globalization;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>The sentences about a version that was delivered and is gone.</summary>
internal static class DeletedVersion
{
    /// <param name="missing">What the target said.</param>
    /// <param name="verified">When it was last known to be there; null when that was not kept.</param>
    public static string Parked(string missing, DateTimeOffset? verified) =>
        $"{Gone(missing, verified)} It stays deleted; redeliver to create it again.";

    public static string NotSureYet(string missing, DateTimeOffset? verified, DateTimeOffset next) =>
        $"{Gone(missing, verified)} It is checked again at {Say(next)} before it counts as deleted.";

    public static string Recreated(string missing, DateTimeOffset? verified) => $"{Gone(missing, verified)} It is created again.";

    public static string Say(DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");

    private static string Gone(string missing, DateTimeOffset? verified) =>
        $"It was delivered{(verified is { } time ? $" (last verified {Say(time)})" : "")} and is gone. {missing}";
}
