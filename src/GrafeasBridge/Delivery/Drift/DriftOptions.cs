using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery.Drift;

/// <summary>What is done when a target no longer carries what was verified.</summary>
internal enum OnDrift
{
    /// <summary>It is written again at once.</summary>
    Repair,

    /// <summary>It is only shown, until a person or the next change brings it.</summary>
    Report,
}

/// <summary>What is done when a target no longer has a version that was delivered.</summary>
internal enum OnDeleted
{
    /// <summary>Somebody wanted it gone: it stays gone until a person redelivers it.</summary>
    Park,

    /// <summary>It is created again.</summary>
    Recreate,
}

/// <summary>Section <c>Drift</c>: verified versions are checked again.</summary>
internal sealed class DriftOptions
{
    public const string Section = "Drift";

    /// <summary>How long until a version that was checked is checked again.</summary>
    [SettingRange("00:00:10", "365.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long after it was verified a version is checked for the first time; by then late writes have landed. Not shorter than <c>Delivery:Lease</c>.</summary>
    [SettingRange("00:00:02", "1.00:00:00")]
    public TimeSpan FirstCheck { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many checks are made at one target in a minute, evenly spread; each is one call. 0 checks nothing.</summary>
    [SettingRange(0, 6000)]
    public int CallsPerMinute { get; set; } = 60;

    /// <summary>What is done when a version differs from what was verified.</summary>
    public OnDrift OnDrift { get; set; } = OnDrift.Repair;

    /// <summary>What is done when a version that was delivered is missing.</summary>
    public OnDeleted OnDeleted { get; set; } = OnDeleted.Park;
}

[OptionsValidator]
internal sealed partial class DriftOptionsValidator : IValidateOptions<DriftOptions>;

/// <summary>What spans fields of <see cref="DriftOptions"/>, and sections.</summary>
internal sealed class DriftOptionsRules(IOptions<DeliveryOptions> delivery) : IValidateOptions<DriftOptions>
{
    public ValidateOptionsResult Validate(string? name, DriftOptions options)
    {
        var problems = new ValidateOptionsResultBuilder();
        var lease = delivery.Value.Lease;
        if (options.FirstCheck < lease)
        {
            problems.AddError(
                $"Drift:FirstCheck ({options.FirstCheck}) must not be shorter than Delivery:Lease ({lease}); "
                + "raise the one or lower the lease.");
        }

        if (!Enum.IsDefined(options.OnDrift))
            problems.AddError($"Drift:OnDrift is {options.OnDrift}; set it to Repair or Report.");
        if (!Enum.IsDefined(options.OnDeleted))
            problems.AddError($"Drift:OnDeleted is {options.OnDeleted}; set it to Park or Recreate.");
        return problems.Build();
    }
}
