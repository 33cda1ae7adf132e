using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Postgres.Lists;

/// <summary>
/// Says a condition in SQL. Columns of texts are compared byte by byte (collation C), which is the order of their code points. Values stand in
/// places of the command, never in its text.
/// </summary>
/// <param name="columnOf">The expression of a column; null for one that the rows do not have: what is said of it holds.</param>
internal sealed class ConditionSql(ComposedSql command, Func<Column, string?> columnOf)
{
    private const string Yes = "true";
    private const string No = "false";

    public string Of(Condition condition) => Of(condition, wanted: true);

    private string Of(Condition condition, bool wanted) => condition switch
    {
        Condition.Always => wanted ? Yes : No,
        Condition.Never => wanted ? No : Yes,
        Condition.All all => Join(all.Parts, wanted, wanted ? " and " : " or "),
        Condition.Any any => Join(any.Parts, wanted, wanted ? " or " : " and "),
        Condition.Not not => Of(not.Part, !wanted),
        _ when Leaf(condition) is not { } leaf => Yes,
        _ when Leaf(condition) is { } leaf => wanted ? leaf : $"not {leaf}",
        _ => throw new ArgumentException($"A condition of type {condition.GetType().Name} is not known.", nameof(condition)),
    };

    private string Join(IReadOnlyList<Condition> parts, bool wanted, string by) => $"({string.Join(by, parts.Select(part => Of(part, wanted)))})";

    /// <returns>Null when the rows do not have the column.</returns>
    private string? Leaf(Condition leaf) => leaf switch
    {
        Condition.CompareNumber one => columnOf(one.Column) is { } column ? $"({column} {Sign(one.Comparison)} {command.Place(one.Value)})" : null,
        Condition.CompareText one => columnOf(one.Column) is { } column ? Compare(column, one.Comparison, one.Value) : null,
        Condition.StartsWith one => columnOf(one.Column) is { } column ? Test(one.Prefix, place => $"starts_with({column}, {place})") : null,
        Condition.EndsWith one => columnOf(one.Column) is { } column ? Test(one.Suffix, place => $"(right({column}, char_length({place})) = {place})") : null,
        Condition.Contains one => columnOf(one.Column) is { } column ? Test(one.Text, place => $"(position({place} in {column}) > 0)") : null,
        _ => throw new ArgumentException($"A condition of type {leaf.GetType().Name} is not known.", nameof(leaf)),
    };

    /// <summary>No stored text holds a NUL, and no value with one can be given to PostgreSQL.</summary>
    private string Test(string value, Func<string, string> test) => HasNul(value) ? No : test(command.Place(value));

    private string Compare(string column, Comparison comparison, string value)
    {
        if (!HasNul(value))
            return $"({column} {Sign(comparison)} {command.Place(value)})";
        // Among texts without NUL, what lies before "a\0b" is what lies up to "a".
        var place = command.Place(value[..value.IndexOf('\0', StringComparison.Ordinal)]);
        return comparison switch
        {
            Comparison.Equal => No,
            Comparison.NotEqual => Yes,
            Comparison.Less or Comparison.LessOrEqual => $"({column} <= {place})",
            _ => $"({column} > {place})",
        };
    }

    private static bool HasNul(string value) => value.Contains('\0', StringComparison.Ordinal);

    private static string Sign(Comparison comparison) => comparison switch
    {
        Comparison.Equal => "=",
        Comparison.NotEqual => "<>",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        Comparison.GreaterOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, null),
    };
}
