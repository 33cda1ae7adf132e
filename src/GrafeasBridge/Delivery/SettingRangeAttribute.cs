using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace GrafeasBridge.Delivery;

/// <summary>A range whose message names the key, the value and the remedy. For whole numbers and durations.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingRangeAttribute : ValidationAttribute
{
    private readonly IComparable min;
    private readonly IComparable max;

    public SettingRangeAttribute(int min, int max)
    {
        this.min = min;
        this.max = max;
    }

    /// <param name="min">As <c>[d.]hh:mm:ss[.fff]</c>.</param>
    /// <param name="max">As <c>[d.]hh:mm:ss[.fff]</c>.</param>
    public SettingRangeAttribute(string min, string max)
    {
        this.min = TimeSpan.Parse(min, CultureInfo.InvariantCulture);
        this.max = TimeSpan.Parse(max, CultureInfo.InvariantCulture);
    }

    /// <summary>The problem with a value in a sentence, or null.</summary>
    public string? Problem(string key, object? value) =>
        value is null || (min.CompareTo(value) <= 0 && max.CompareTo(value) >= 0)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{key} is {value}; set it to a value from {min} to {max}.");

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        // DeliveryOptions is the section Delivery.
        var section = validationContext.ObjectType.Name.Replace("Options", "", StringComparison.Ordinal);
        var problem = Problem($"{section}:{validationContext.MemberName}", value);
        return problem is null ? ValidationResult.Success : new ValidationResult(problem);
    }
}
