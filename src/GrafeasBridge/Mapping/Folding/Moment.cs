using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>A point in time to the nanosecond, as a Timestamp says it, that can be compared.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Moment(long Seconds, int Nanos) : IComparable<Moment>
{
    private const long FirstSecond = -62_135_596_800;
    private const long LastSecond = 253_402_300_799;
    private const string Canonical = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
    ];

    /// <returns>Null for anything that is no date between the years 1 and 9999.</returns>
    public static Moment? Of(object? value) => value switch
    {
        Timestamp { Seconds: >= FirstSecond and <= LastSecond, Nanos: >= 0 and <= 999_999_999 } timestamp =>
            new Moment(timestamp.Seconds, timestamp.Nanos),
        string text when Parse(text) is { } date => Of(Timestamp.FromDateTimeOffset(date)),
        _ => null,
    };

    public int CompareTo(Moment other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanos.CompareTo(other.Nanos);

    /// <summary>UTC to the millisecond, as attributes carry it.</summary>
    public override string ToString() =>
        DateTimeOffset.FromUnixTimeSeconds(Seconds).AddMilliseconds(Nanos / 1_000_000).ToString(Canonical, CultureInfo.InvariantCulture);

    private static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    public static bool operator <(Moment left, Moment right) => left.CompareTo(right) < 0;

    public static bool operator >(Moment left, Moment right) => left.CompareTo(right) > 0;

    public static bool operator <=(Moment left, Moment right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Moment left, Moment right) => left.CompareTo(right) >= 0;
}
