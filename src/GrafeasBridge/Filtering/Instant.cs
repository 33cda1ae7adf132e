using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;

namespace GrafeasBridge.Filtering;

/// <summary>A moment to the nanosecond, also one that DateTime cannot hold.</summary>
/// <param name="Seconds">Since 1970-01-01T00:00:00Z, without leap seconds.</param>
/// <param name="Nanos">0 to 999,999,999.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Instant(long Seconds, int Nanos)
{
    private const int NanosPerTick = 100;
    private const int LongestFraction = 9;
    private static readonly long UnixTicks = DateTime.UnixEpoch.Ticks;

    public int CompareTo(Timestamp other)
    {
        var order = Seconds.CompareTo(other.Seconds);
        return order != 0 ? order : Nanos.CompareTo(other.Nanos);
    }

    /// <summary>What comparing a column of ticks with this moment comes down to; exact, since ticks are whole.</summary>
    public Condition Compare(Column column, Comparison comparison)
    {
        var ticks = UnixTicks + (Seconds * TimeSpan.TicksPerSecond) + (Nanos / NanosPerTick);
        // Between two ticks, or where no DateTime is, nothing is equal: only before and after remain.
        var reachable = Nanos % NanosPerTick == 0 && ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;
        if (reachable)
            return new Condition.CompareNumber(column, comparison, ticks);
        return comparison switch
        {
            Comparison.Equal => new Condition.Never(),
            Comparison.NotEqual => new Condition.Always(),
            Comparison.Less or Comparison.LessOrEqual => UpTo(column, ticks),
            _ => After(column, ticks),
        };
    }

    private static Condition UpTo(Column column, long ticks) =>
        ticks < DateTime.MinValue.Ticks ? new Condition.Never()
        : ticks >= DateTime.MaxValue.Ticks ? new Condition.Always()
        : new Condition.CompareNumber(column, Comparison.LessOrEqual, ticks);

    private static Condition After(Column column, long ticks) =>
        ticks < DateTime.MinValue.Ticks ? new Condition.Always()
        : ticks >= DateTime.MaxValue.Ticks ? new Condition.Never()
        : new Condition.CompareNumber(column, Comparison.Greater, ticks);

    /// <summary>Reads an RFC 3339 time with up to nine digits of a second; null for anything else.</summary>
    public static Instant? Parse(ReadOnlySpan<char> text)
    {
        // 2024-01-10T12:00:00Z is the shortest there is.
        if (text.Length < 20 || text[10] is not ('T' or 't'))
            return null;
        if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':')
            return null;
        if (Digits(text[..4]) is not { } year || Digits(text[5..7]) is not { } month || Digits(text[8..10]) is not { } day)
            return null;
        if (Digits(text[11..13]) is not { } hour || Digits(text[14..16]) is not { } minute)
            return null;
        if (Digits(text[17..19]) is not { } second)
            return null;
        if (month is < 1 or > 12 || day < 1 || day > DaysIn(year, month) || hour > 23 || minute > 59 || second > 59)
            return null;
        var rest = text[19..];
        if (Fraction(ref rest) is not { } nanos || Offset(rest) is not { } offset)
            return null;
        var seconds = (DaysSinceEpoch(year, month, day) * 86_400) + (hour * 3_600) + (minute * 60) + second - (offset * 60L);
        return new Instant(seconds, nanos);
    }

    private static int? Fraction(ref ReadOnlySpan<char> rest)
    {
        if (rest[0] != '.')
            return 0;
        var length = rest[1..].IndexOfAnyExceptInRange('0', '9');
        if (length is < 1 or > LongestFraction || Digits(rest.Slice(1, length)) is not { } value)
            return null;
        rest = rest[(1 + length)..];
        for (var i = length; i < LongestFraction; i++)
            value *= 10;
        return value;
    }

    // In minutes east of UTC.
    private static int? Offset(ReadOnlySpan<char> rest)
    {
        if (rest is "Z" or "z")
            return 0;
        if (rest.Length != 6 || rest[0] is not ('+' or '-') || rest[3] != ':')
            return null;
        if (Digits(rest[1..3]) is not { } hours || Digits(rest[4..]) is not { } minutes || hours > 23 || minutes > 59)
            return null;
        var offset = (hours * 60) + minutes;
        return rest[0] == '-' ? -offset : offset;
    }

    private static int? Digits(ReadOnlySpan<char> text)
    {
        var value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return null;
            value = (value * 10) + (c - '0');
        }

        return value;
    }

    // RFC 3339 has a year 0, a leap year; DateTime has none.
    private static int DaysIn(int year, int month) => DateTime.DaysInMonth(year == 0 ? 2000 : year, month);

    private static long DaysSinceEpoch(int year, int month, int day)
    {
        // 400 years later the calendar is the same, and 400 years are 146,097 days.
        long days = new DateOnly(year == 0 ? 400 : year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        return year == 0 ? days - 146_097 : days;
    }
}
