using System.Text;
using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>
/// Decides whether a row fulfils a condition. Here and not in SQL: texts are compared byte by byte, whatever they hold, no
/// value of a caller comes near a command, and a read can stop after any row.
/// </summary>
internal static class RowTest
{
    private static readonly Func<ListRow, bool> Yes = static _ => true;
    private static readonly Func<ListRow, bool> No = static _ => false;

    /// <param name="known">Columns that the rows have; what is said of others holds.</param>
    public static Func<ListRow, bool> Of(Condition condition, IReadOnlySet<Column> known) => Of(condition, wanted: true, known);

    private static Func<ListRow, bool> Of(Condition condition, bool wanted, IReadOnlySet<Column> known) => condition switch
    {
        Condition.Always => wanted ? Yes : No,
        Condition.Never => wanted ? No : Yes,
        Condition.All all => Join(all.Parts, wanted, every: wanted, known),
        Condition.Any any => Join(any.Parts, wanted, every: !wanted, known),
        Condition.Not not => Of(not.Part, !wanted, known),
        _ when ColumnOf(condition) is { } column && !known.Contains(column) => Yes,
        _ when wanted => Leaf(condition),
        _ => Not(Leaf(condition)),
    };

    private static Func<ListRow, bool> Not(Func<ListRow, bool> test) => row => !test(row);

    private static Func<ListRow, bool> Join(
        IReadOnlyList<Condition> parts, bool wanted, bool every, IReadOnlySet<Column> known)
    {
        Func<ListRow, bool>[] tests = [.. parts.Select(part => Of(part, wanted, known))];
        return row =>
        {
            foreach (var test in tests)
            {
                if (test(row) != every)
                    return !every;
            }

            return every;
        };
    }

    private static Column? ColumnOf(Condition leaf) => leaf switch
    {
        Condition.CompareText one => one.Column,
        Condition.CompareNumber one => one.Column,
        Condition.StartsWith one => one.Column,
        Condition.EndsWith one => one.Column,
        Condition.Contains one => one.Column,
        _ => null,
    };

    private static Func<ListRow, bool> Leaf(Condition leaf)
    {
        switch (leaf)
        {
            case Condition.CompareText one:
                var value = Encoding.UTF8.GetBytes(one.Value);
                return row => Comparisons.Holds(one.Comparison, row.Text(one.Column).SequenceCompareTo(value));
            case Condition.CompareNumber one:
                return row => Comparisons.Holds(one.Comparison, row.Number(one.Column).CompareTo(one.Value));
            case Condition.StartsWith one:
                var prefix = Encoding.UTF8.GetBytes(one.Prefix);
                return row => row.Text(one.Column).StartsWith(prefix);
            case Condition.EndsWith one:
                var suffix = Encoding.UTF8.GetBytes(one.Suffix);
                return row => row.Text(one.Column).EndsWith(suffix);
            case Condition.Contains one:
                var text = Encoding.UTF8.GetBytes(one.Text);
                return row => row.Text(one.Column).IndexOf(text) >= 0;
            default:
                throw new ArgumentException($"A condition of type {leaf.GetType().Name} is not known.", nameof(leaf));
        }
    }
}
