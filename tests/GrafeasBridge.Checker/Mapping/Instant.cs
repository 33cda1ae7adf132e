using System.Globalization;
using System.Runtime.InteropServices;

namespace GrafeasBridge.Checker.Mapping;

/// <summary>A point in time to the nanosecond, as protobuf JSON writes it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Instant(long Seconds, int Nanos) : IComparable<Instant>
{
    private const string Written = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Null for what is no RFC 3339 time.</summary>
    public static Instant? Parse(string? text)
    {
        if (text is null)
            return null;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var zone = dot < 0 ? -1 : text.AsSpan(dot + 1).IndexOfAnyExceptInRange('0', '9') + dot + 1;
        if (dot >= 0 && (zone <= dot + 1 || zone > dot + 10))
            return null;
        var whole = dot < 0 ? text : text[..dot] + text[zone..];
        var nanos = dot < 0 ? 0 : int.Parse(text[(dot + 1)..zone].PadRight(9, '0'), CultureInfo.InvariantCulture);
        return DateTimeOffset.TryParse(whole, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new Instant(time.ToUnixTimeSeconds(), nanos)
            : null;
    }

    public int CompareTo(Instant other) => Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanos.CompareTo(other.Nanos);

    /// <summary>UTC to the millisecond, what is finer left out: as attributes carry it.</summary>
    public string ToMilliseconds() =>
        DateTimeOffset.FromUnixTimeSeconds(Seconds).AddMilliseconds(Nanos / 1_000_000).ToString(Written, CultureInfo.InvariantCulture);

    public DateTimeOffset ToTime() => DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanos / 100);

    public static bool operator <(Instant left, Instant right) => left.CompareTo(right) < 0;

    public static bool operator >(Instant left, Instant right) => left.CompareTo(right) > 0;

    public static bool operator <=(Instant left, Instant right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Instant left, Instant right) => left.CompareTo(right) >= 0;
}
