using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace GrafeasBridge;

/// <summary>The range of a setting, for whole numbers and durations: the one way in all rooms. Its message names the key, the value and the remedy.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingRangeAttribute : ValidationAttribute
{
    public SettingRangeAttribute(long min, long max)
    {
        Min = min;
        Max = max;
    }

    /// <param name="min">As <c>[d.]hh:mm:ss[.fff]</c>.</param>
    /// <param name="max">As <c>[d.]hh:mm:ss[.fff]</c>.</param>
    public SettingRangeAttribute(string min, string max)
    {
        Min = TimeSpan.Parse(min, CultureInfo.InvariantCulture);
        Max = TimeSpan.Parse(max, CultureInfo.InvariantCulture);
    }

    public IComparable Min { get; }

    public IComparable Max { get; }

    /// <summary>The problem with a value in a sentence, or null.</summary>
    public string? Problem(string key, object? value)
    {
        var given = value is int number ? (long)number : value;
        return given is null || (Min.CompareTo(given) <= 0 && Max.CompareTo(given) >= 0)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{key} is {value}; set it to a value from {Min} to {Max}.");
    }

    /// <summary>The problems of an object that is no section of its own, such as one entry of a list.</summary>
    /// <param name="key">Where it stands.</param>
    /// <param name="options">With ranges on its properties.</param>
    public static IEnumerable<string> Problems(string key, object options) =>
        from property in options.GetType().GetProperties()
        let problem = property.GetCustomAttribute<SettingRangeAttribute>()?.Problem($"{key}:{property.Name}", property.GetValue(options))
        where problem is not null
        select problem;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var section = validationContext.ObjectType.GetField("Section")?.GetRawConstantValue() ?? validationContext.ObjectType.Name;
        var problem = Problem($"{section}:{validationContext.MemberName}", value);
        return problem is null ? ValidationResult.Success : new ValidationResult(problem);
    }
}
