using System.Globalization;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Delivery;

/// <summary>What has to change at a target so that it says what is wanted. Pure.</summary>
/// <param name="Set">Wanted attributes that are absent or different there.</param>
/// <param name="Remove">Names that the bridge owns, no longer wants, and that are still there.</param>
internal sealed record AttributePlan(IReadOnlyList<MappedAttribute> Set, IReadOnlyList<string> Remove)
{
    public bool IsEmpty => Set.Count == 0 && Remove.Count == 0;

    /// <summary>What differs, for a sentence. Names only: values may be long, and may be nobody's business.</summary>
    public string Names()
    {
        string[] names = [.. Set.Select(a => a.Name), .. Remove];
        return string.Join(", ", names.Take(5).Select(n => Text.OneLine(n, 80))) + (names.Length > 5 ? " and others" : "");
    }

    /// <summary>Attributes that are neither wanted nor owned are somebody else's and never appear in a plan.</summary>
    public static AttributePlan Make(
        IReadOnlyList<MappedAttribute> wanted, IReadOnlyList<CarriedAttribute> carried, IReadOnlyCollection<string> owned)
    {
        // The last one counts when a target repeats a name.
        var there = new Dictionary<string, CarriedAttribute>(StringComparer.Ordinal);
        foreach (var attribute in carried)
            there[attribute.Name] = attribute;
        var names = wanted.Select(a => a.Name).ToHashSet(StringComparer.Ordinal);
        var withdrawn = owned.Where(name => !names.Contains(name) && there.ContainsKey(name));
        return new AttributePlan(
            [.. wanted.Where(a => !there.TryGetValue(a.Name, out var c) || !Same(a, c))],
            [.. withdrawn.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Compares as sets, by what the values mean: targets keep neither order nor spelling.</summary>
    public static bool Same(MappedAttribute wanted, CarriedAttribute carried) =>
        SameType(wanted.Type, carried.Type)
        && Canonical(wanted.Type, wanted.Values).SetEquals(Canonical(wanted.Type, carried.Values));

    // Bintray's manual: a version behaves like a string.
    private static bool SameType(AttributeType wanted, AttributeType? carried) =>
        wanted == carried || (IsText(wanted) && carried is { } type && IsText(type));

    private static bool IsText(AttributeType type) => type is AttributeType.String or AttributeType.Version;

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
