using System.Globalization;

namespace GrafeasBridge.Cli;

/// <summary>Durations as people write them: 500ms, 60s, 5m, 1h; a bare number means seconds.</summary>
internal static class Durations
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <exception cref="CliException">Not a duration, or not above 0 and within 7 days.</exception>
    public static TimeSpan Parse(string text, string option)
    {
        (var suffix, var unit) = Array.Find(Units, u => text.EndsWith(u.Suffix, StringComparison.Ordinal));
        var number = text[..^(suffix?.Length ?? 0)];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            throw CliException.BadInput($"{option} '{text}' is not a duration. Write a number with ms, s, m or h, such as 90s.");

        var seconds = value * (suffix is null ? 1 : unit);
        return seconds > 0 && seconds <= Longest.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw CliException.BadInput($"{option} '{text}' must be above 0 and at most {Longest.TotalDays:0} days.");
    }
}
