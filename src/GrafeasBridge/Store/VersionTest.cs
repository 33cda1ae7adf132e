using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store;

/// <summary>What a condition says of a version, as far as that is known.</summary>
internal static class VersionTest
{
    public static bool Holds(Condition condition, VersionRow row) => Holds(condition, row.State, column => column switch
    {
        Column.Target => row.Target,
        Column.Subject => row.Coordinates.Subject,
        Column.Repo => row.Coordinates.Repo,
        Column.Package => row.Coordinates.Package,
        Column.Version => row.Coordinates.Version,
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "Versions have no such column."),
    });

    /// <summary>False when no version of this target and state can fulfil the condition.</summary>
    public static bool MayHold(Condition condition, string target, DeliveryState state) =>
        Holds(condition, state, column => column == Column.Target ? target : null);

    /// <param name="text">Null for a column that is not known: what is said of it holds.</param>
    private static bool Holds(Condition condition, DeliveryState state, Func<Column, string?> text) => condition switch
    {
        Condition.Always => true,
        Condition.Never => false,
        Condition.All all => all.Parts.All(part => Holds(part, state, text)),
        Condition.Any any => any.Parts.Any(part => Holds(part, state, text)),
        Condition.CompareNumber { Column: Column.State } one => one.Comparison.Holds(((long)state).CompareTo(one.Value)),
        Condition.Not not => Text(not.Part, text) is not { } value || !OfText(not.Part, value),
        _ => Text(condition, text) is not { } value || OfText(condition, value),
    };

    private static string? Text(Condition leaf, Func<Column, string?> text) => leaf switch
    {
        Condition.CompareText one => text(one.Column),
        Condition.StartsWith one => text(one.Column),
        Condition.EndsWith one => text(one.Column),
        Condition.Contains one => text(one.Column),
        _ => throw new ArgumentException($"{leaf} is not asked of a version.", nameof(leaf)),
    };

    private static bool OfText(Condition leaf, string value) => leaf switch
    {
        Condition.CompareText one => one.Comparison.Holds(TextTest.Compare(value, one.Value)),
        Condition.StartsWith one => value.StartsWith(one.Prefix, StringComparison.Ordinal),
        Condition.EndsWith one => value.EndsWith(one.Suffix, StringComparison.Ordinal),
        Condition.Contains one => value.Contains(one.Text, StringComparison.Ordinal),
        _ => throw new ArgumentException($"{leaf} is not asked of a text.", nameof(leaf)),
    };
}
