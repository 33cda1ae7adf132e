using Microsoft.Extensions.Options;

namespace GrafeasBridge.Api.Pipeline;

/// <summary>How many calls are served, how large their heads may be, and how serving ends: section <c>Listen</c>, beside the addresses.</summary>
internal sealed class ServingOptions
{
    public const string Section = "Listen";

    /// <summary>Calls in flight at once at most, over all listeners; one more is refused with RESOURCE_EXHAUSTED and a hint when to come again.</summary>
    [SettingRange(1, 100_000)]
    public int MaxCalls { get; set; } = 1_024;

    /// <summary>Bytes of the address and all headers of a request at most.</summary>
    [SettingRange(1024, 1024 * 1024)]
    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    /// <summary>Headers of a request at most.</summary>
    [SettingRange(16, 1000)]
    public int MaxHeaders { get; set; } = 100;

    /// <summary>How long everything is still served after a stop was asked for, with readiness off, so that others look elsewhere first.</summary>
    [SettingRange("00:00:00", "00:02:00")]
    public TimeSpan DrainDelay { get; set; }

    /// <summary>How long a stop waits for calls and deliveries in flight, after <see cref="DrainDelay"/>.</summary>
    [SettingRange("00:00:01", "00:05:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);
}

[OptionsValidator]
internal sealed partial class ServingOptionsValidator : IValidateOptions<ServingOptions>;
