using Microsoft.Extensions.Options;

namespace GrafeasBridge.Retention;

/// <summary>Section <c>Retention</c>: how long history is kept. Nothing is deleted unless a setting here says so.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>
    /// Age at which an occurrence goes, once every version that it concerns is verified at every target; what it gives to them stays.
    /// Empty: never.
    /// </summary>
    [SettingRange("1.00:00:00", "36500.00:00:00")]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Age at which an occurrence goes that concerns no version: a tag that comes later does not find it. Empty: never.</summary>
    [SettingRange("1.00:00:00", "36500.00:00:00")]
    public TimeSpan? Unmapped { get; set; }

    /// <summary>
    /// How long the name, request id and digest of an occurrence that went are remembered: until then a repeat of its request is
    /// recognised, and its receipt is given. Empty: for ever.
    /// </summary>
    [SettingRange("1.00:00:00", "36500.00:00:00")]
    public TimeSpan? Remember { get; set; }

    /// <summary>Occurrences that go in one transaction, at most.</summary>
    [SettingRange(1, 1000)]
    public int BatchSize { get; set; } = 200;

    /// <summary>Pause between two such steps, so that creates are not slowed.</summary>
    [SettingRange("00:00:00", "00:01:00")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often old occurrences are looked for.</summary>
    [SettingRange("00:01:00", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}

[OptionsValidator]
internal sealed partial class RetentionOptionsValidator : IValidateOptions<RetentionOptions>;
