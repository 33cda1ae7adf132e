using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using BintrayEmulator.Http;

namespace BintrayEmulator.Attributes;

/// <summary>A range of numbers or dates: <c>[1,3]</c>, <c>[,3[</c>, <c>]2011-07-14T19:43:37+0100,]</c>.</summary>
internal sealed record AttributeRange(string From, bool FromIncluded, string To, bool ToIncluded)
{
    /// <summary>False for text that is not written as a range. Refused (400) for a range of something that cannot be ordered.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out AttributeRange? range)
    {
        range = null;
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        if (comma < 1 || text[0] is not ('[' or ']') || text[^1] is not ('[' or ']') || text.LastIndexOf(',') != comma)
            return false;

        var (from, to) = (text[1..comma].Trim(), text[(comma + 1)..^1].Trim());
        foreach (var bound in new[] { from, to }.Where(b => b.Length > 0))
        {
            if (!IsNumber(bound, out _) && !AttributeDates.TryRead(bound, out _))
                throw Refusals.Invalid($"The bound '{bound}' of a range is neither a number nor a date");
        }

        range = new AttributeRange(from, text[0] == '[', to, text[^1] == ']');
        return true;
    }

    public bool Contains(AttributeType type, string value) =>
        type is AttributeType.Number or AttributeType.Date &&
        (From.Length == 0 || Compare(type, value, From) is { } low && (low > 0 || FromIncluded && low == 0)) &&
        (To.Length == 0 || Compare(type, value, To) is { } high && (high < 0 || ToIncluded && high == 0));

    public static bool AreEqual(AttributeType type, string value, string wanted) =>
        type is AttributeType.Number or AttributeType.Date ? Compare(type, value, wanted) == 0 : value == wanted;

    // Null: the two cannot be compared, as a number with a date.
    private static int? Compare(AttributeType type, string value, string bound)
    {
        if (type == AttributeType.Date)
        {
            return AttributeDates.TryRead(value, out var instant) && AttributeDates.TryRead(bound, out var limit)
                ? instant.CompareTo(limit)
                : null;
        }

        // Decimals first: a build number of 17 digits must not equal its neighbour.
        if (decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) &&
            decimal.TryParse(bound, NumberStyles.Float, CultureInfo.InvariantCulture, out var exactBound))
        {
            return exact.CompareTo(exactBound);
        }

        return IsNumber(value, out var number) && IsNumber(bound, out var numberBound) ? number.CompareTo(numberBound) : null;
    }

    private static bool IsNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
