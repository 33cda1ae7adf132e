using Microsoft.Extensions.Options;

namespace GrafeasBridge.Telemetry;

/// <summary>Section <c>Health</c>: when the bridge calls itself degraded.</summary>
internal sealed class HealthOptions
{
    public const string Section = "Health";

    /// <summary>How long a target may be out of reach or throttled before that is told. One that refuses the credentials is told at once.</summary>
    [SettingRange("00:00:00", "1.00:00:00")]
    public TimeSpan TroubleAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The age of the oldest version not yet verified from which deliveries are called late.</summary>
    [SettingRange("00:00:01", "7.00:00:00")]
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Free bytes on the disk of the embedded store under which it is called nearly full; 0: never.</summary>
    [SettingRange(0, 1L << 40)]
    public long MinFreeBytes { get; set; } = 256L << 20;
}

[OptionsValidator]
internal sealed partial class HealthOptionsValidator : IValidateOptions<HealthOptions>;
