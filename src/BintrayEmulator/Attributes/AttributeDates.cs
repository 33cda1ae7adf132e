using System.Globalization;
using System.Text.RegularExpressions;

namespace BintrayEmulator.Attributes;

/// <summary>
/// Dates as clients sent them: <c>2011-07-14T19:43:37+0100</c>, <c>…Z</c>, <c>….000Z</c>, <c>…+01:00</c>, a date alone. They leave as
/// an instant, <c>yyyy-MM-ddTHH:mm:ss.SSSZ</c>.
/// </summary>
internal static partial class AttributeDates
{
    private const string Written = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string Write(DateTimeOffset instant) => instant.UtcDateTime.ToString(Written, CultureInfo.InvariantCulture);

    public static string Write(long unixMilliseconds) => Write(DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds));

    /// <summary>Reads any of the known forms; without an offset it is UTC. What is finer than a millisecond is dropped.</summary>
    public static bool TryRead(string text, out DateTimeOffset instant)
    {
        instant = default;
        var parts = text.Length <= 40 ? Form().Match(text) : Match.Empty;
        if (!parts.Success)
            return false;

        var time = Or(parts.Groups["time"], "00:00") + Or(parts.Groups["seconds"], ":00");
        var fraction = (parts.Groups["fraction"].Value + "000")[..3];
        var canonical = $"{parts.Groups["date"].Value}T{time}.{fraction}{Offset(parts)}";
        return DateTimeOffset.TryParseExact(
            canonical, "yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out instant);
    }

    private static string Offset(Match parts)
    {
        var hours = parts.Groups["hours"];
        return hours.Success ? $"{hours.Value}:{Or(parts.Groups["minutes"], "00")}" : "+00:00";
    }

    private static string Or(Group group, string otherwise) => group.Success ? group.Value : otherwise;

    [GeneratedRegex(
        @"\A(?<date>\d{4}-\d\d-\d\d)(?:[Tt ](?<time>\d\d:\d\d)(?<seconds>:\d\d)?(?:[.,](?<fraction>\d{1,9}))?)?" +
        @"(?:[Zz]|(?<hours>[+-]\d\d)(?::?(?<minutes>\d\d))?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
