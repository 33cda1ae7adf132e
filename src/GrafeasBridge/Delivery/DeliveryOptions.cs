using Microsoft.Extensions.Options;

namespace GrafeasBridge.Delivery;

/// <summary>Section <c>Delivery</c>: how versions are brought to their targets.</summary>
internal sealed class DeliveryOptions
{
    public const string Section = "Delivery";

    /// <summary>How many versions of one target are in flight at once, unless the target sets its own number.</summary>
    [SettingRange(1, 256)]
    public int Concurrency { get; set; } = 8;

    /// <summary>How many versions are claimed from the store in one step.</summary>
    [SettingRange(1, 1000)]
    public int ClaimBatch { get; set; } = 16;

    /// <summary>How long to wait at most before looking for work again when nothing wakes the worker.</summary>
    [SettingRange("00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one version may take in all: reading, writing, reading back, with the retries in between.</summary>
    [SettingRange("00:00:01", "00:30:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a claimed version is out of others' reach. Longer than <see cref="TotalTimeout"/>.</summary>
    [SettingRange("00:00:02", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long versions in flight may take to finish when the service stops; then they are given back.</summary>
    [SettingRange("00:00:00", "00:05:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the process may end while one version is in flight before that version is parked. Until then it is tried alone.</summary>
    [SettingRange(2, 100)]
    public int ParkAfterCrashes { get; set; } = 2;

    /// <summary>How long after it was verified a version is not delivered again: what changes meanwhile goes in one delivery, so that a burst costs few calls.</summary>
    [SettingRange("00:00:00", "00:01:00")]
    public TimeSpan DebounceWindow { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Delay before a failed version is tried for the second time; doubles with each failure.</summary>
    [SettingRange("00:00:00.010", "01:00:00")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the doubling ends.</summary>
    [SettingRange("00:00:01", "1.00:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a version may fail before it is parked for a person. Never shorter than three days.</summary>
    [SettingRange("3.00:00:00", "30.00:00:00")]
    public TimeSpan Horizon { get; set; } = TimeSpan.FromHours(72);

    /// <summary>How long what is missing at a target is waited for before the version is parked.</summary>
    [SettingRange("00:00:00", "3.00:00:00")]
    public TimeSpan MissingGrace { get; set; } = TimeSpan.Zero;

    /// <summary>How long a target that refuses the credentials is left alone; doubles up to 15 minutes, or to this if longer.</summary>
    [SettingRange("00:00:01", "01:00:00")]
    public TimeSpan PauseAfterUnauthorized { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a target whose API call limit is used up is left alone when it names no time; then a quarter of the time waited so far
    /// if that is longer, up to an hour.
    /// </summary>
    [SettingRange("00:00:01", "1.00:00:00")]
    public TimeSpan ThrottlePause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest Retry-After that is believed.</summary>
    [SettingRange("00:00:01", "3.00:00:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often the backlog is counted for the metrics.</summary>
    [SettingRange("00:00:01", "00:10:00")]
    public TimeSpan BacklogInterval { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>;

/// <summary>What spans fields of <see cref="DeliveryOptions"/>.</summary>
internal sealed class DeliveryOptionsRules : IValidateOptions<DeliveryOptions>
{
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        var problems = new ValidateOptionsResultBuilder();
        if (options.Lease <= options.TotalTimeout)
        {
            problems.AddError(
                $"Delivery:Lease ({options.Lease}) must be longer than Delivery:TotalTimeout ({options.TotalTimeout}); "
                + "raise the lease or lower the time-out.");
        }

        if (options.MaxRetryDelay < options.FirstRetry)
        {
            problems.AddError(
                $"Delivery:MaxRetryDelay ({options.MaxRetryDelay}) must not be shorter than Delivery:FirstRetry ({options.FirstRetry}); "
                + "raise the one or lower the other.");
        }

        return problems.Build();
    }
}
