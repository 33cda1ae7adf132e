using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>The one text of each value.</summary>
internal static class Canonical
{
    private const string NumberFormat = "0.############################";

    /// <returns>Null when the value is none of that type: the source then counts as silent.</returns>
    public static string? Text(AttributeType type, object value) => type switch
    {
        AttributeType.Boolean => Flag(value),
        AttributeType.Number => Number(value),
        AttributeType.Date => Moment.Of(value)?.ToString(),
        AttributeType.String or AttributeType.Version => Plain(value),
        _ => null,
    };

    public static string? Plain(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        Timestamp timestamp => Moment.Of(timestamp)?.ToString(),
        ByteString bytes => Convert.ToHexStringLower(bytes.Span),
        IMessage => null,
        _ => Number(value),
    };

    private static string? Flag(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string text when bool.TryParse(text, out var flag) => flag ? "true" : "false",
        _ => null,
    };

    private static string? Number(object value) => value switch
    {
        string text => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Format(number) : null,
        int or long or uint or ulong => Convert.ToString(value, CultureInfo.InvariantCulture),
        float number => Number((double)number),
        double number when double.IsFinite(number) => Format(number),
        _ => null,
    };

    private static string Format(decimal number) => number.ToString(NumberFormat, CultureInfo.InvariantCulture);

    private static string Format(double number) =>
        Math.Abs(number) < 1e15 ? Format((decimal)number) : number.ToString("R", CultureInfo.InvariantCulture);
}
