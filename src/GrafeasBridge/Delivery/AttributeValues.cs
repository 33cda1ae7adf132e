using System.Globalization;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery;

/// <summary>Compares the values of attributes by what they mean: targets keep neither order nor spelling. Pure.</summary>
internal static class AttributeValues
{
    /// <summary>As sets of values of this type.</summary>
    public static bool Same(AttributeType type, IReadOnlyList<string> wanted, IReadOnlyList<string> carried) =>
        Canonical(type, wanted).SetEquals(Canonical(type, carried));

    private static HashSet<string> Canonical(AttributeType type, IReadOnlyList<string> values) =>
        values.Select(value => Canonical(type, value)).ToHashSet(StringComparer.Ordinal);

    /// <summary>One spelling for all texts that mean the same; a text that is not of the type stays as it is.</summary>
    internal static string Canonical(AttributeType type, string value) => type switch
    {
        AttributeType.Number when decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
            number.ToString("0.############################", CultureInfo.InvariantCulture),
        AttributeType.Number when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
            number.ToString("R", CultureInfo.InvariantCulture),
        AttributeType.Boolean when bool.TryParse(value, out var truth) => truth ? "true" : "false",
        AttributeType.Date when DateTimeOffset.TryParse(
            value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) =>
            instant.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        _ => value,
    };
}
