using System.Text;
using GrafeasBridge.Filtering;

namespace GrafeasBridge.Tests.Filtering;

/// <summary>What a condition means, said as simply as it can be: the store's ways and those of filters are held against it.</summary>
internal static class ConditionMeaning
{
    /// <param name="text">The row's text in a column.</param>
    /// <param name="number">The row's number in a column.</param>
    public static bool Holds(this Condition condition, Func<Column, string> text, Func<Column, long> number) => condition switch
    {
        Condition.Always => true,
        Condition.Never => false,
        Condition.All all => all.Parts.All(part => part.Holds(text, number)),
        Condition.Any any => any.Parts.Any(part => part.Holds(text, number)),
        Condition.Not not => !not.Part.Holds(text, number),
        Condition.CompareText one => Holds(one.Comparison, Utf8Order(text(one.Column), one.Value)),
        Condition.CompareNumber one => Holds(one.Comparison, number(one.Column).CompareTo(one.Value)),
        Condition.StartsWith one => text(one.Column).StartsWith(one.Prefix, StringComparison.Ordinal),
        Condition.EndsWith one => text(one.Column).EndsWith(one.Suffix, StringComparison.Ordinal),
        Condition.Contains one => text(one.Column).Contains(one.Text, StringComparison.Ordinal),
        _ => throw new ArgumentException($"{condition.GetType()}", nameof(condition)),
    };

    /// <summary>By code points, which is not the order of .NET's strings.</summary>
    public static int Utf8Order(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    private static bool Holds(Comparison comparison, int order) => comparison switch
    {
        Comparison.Equal => order == 0,
        Comparison.NotEqual => order != 0,
        Comparison.Less => order < 0,
        Comparison.LessOrEqual => order <= 0,
        Comparison.Greater => order > 0,
        Comparison.GreaterOrEqual => order >= 0,
        _ => throw new ArgumentException($"{comparison}", nameof(comparison)),
    };
}
