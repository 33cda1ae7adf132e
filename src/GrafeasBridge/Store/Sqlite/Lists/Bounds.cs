using System.Text;
using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>A range of one column that holds at least every value that the conditions allow; its ends belong to it.</summary>
/// <param name="First">Smallest number.</param>
/// <param name="Last">Largest number.</param>
/// <param name="Low">Smallest text; empty for no bound.</param>
/// <param name="High">Largest text, or bytes that follow it; null for no bound.</param>
internal sealed record Bounds(Column Column, long First, long Last, byte[] Low, byte[]? High)
{
    /// <summary>The range of each column that some of the parts bound.</summary>
    /// <param name="others">Parts that bound nothing.</param>
    public static IReadOnlyList<Bounds> Split(IReadOnlyList<Condition> parts, out IReadOnlyList<Condition> others)
    {
        var found = parts.ToLookup(part => Of([part]) is null);
        others = [.. found[true]];
        return [.. found[false].GroupBy(part => Of([part])!.Column).Select(column => Of([.. column])!)];
    }

    /// <returns>The range that the parts, all of one column, have in common; null when there is none.</returns>
    public static Bounds? Of(IReadOnlyList<Condition> parts)
    {
        Bounds? bounds = null;
        foreach (var part in parts)
        {
            if (OfOne(part) is not { } other)
                return null;
            bounds = bounds?.With(other) ?? other;
        }

        return bounds;
    }

    private static Bounds? OfOne(Condition part) => part switch
    {
        Condition.CompareNumber { Column: Column.CreateTime } one => one.Comparison switch
        {
            Comparison.Equal => Numbers(one.Value, one.Value),
            Comparison.Less or Comparison.LessOrEqual => Numbers(long.MinValue, one.Value),
            Comparison.Greater or Comparison.GreaterOrEqual => Numbers(one.Value, long.MaxValue),
            _ => null,
        },
        Condition.CompareText { Column: Column.ResourceUri, Value.Length: > 0 } one => one.Comparison switch
        {
            Comparison.Less or Comparison.LessOrEqual => Texts([], Encoding.UTF8.GetBytes(one.Value)),
            Comparison.Greater or Comparison.GreaterOrEqual => Texts(Encoding.UTF8.GetBytes(one.Value), null),
            _ => null,
        },
        Condition.StartsWith { Column: Column.ResourceUri, Prefix.Length: > 0 } one => StartingWith(Encoding.UTF8.GetBytes(one.Prefix)),
        _ => null,
    };

    // No byte of UTF-8 is 0xFF, so the last one can always grow.
    private static Bounds StartingWith(byte[] prefix)
    {
        byte[] next = [.. prefix];
        next[^1]++;
        return Texts(prefix, next);
    }

    private static Bounds Numbers(long first, long last) => new(Column.CreateTime, first, last, [], null);

    private static Bounds Texts(byte[] low, byte[]? high) =>
        new(Column.ResourceUri, long.MinValue, long.MaxValue, low, high);

    private Bounds With(Bounds other) => new(
        Column,
        Math.Max(First, other.First),
        Math.Min(Last, other.Last),
        Low.AsSpan().SequenceCompareTo(other.Low) >= 0 ? Low : other.Low,
        High is null || (other.High is not null && other.High.AsSpan().SequenceCompareTo(High) < 0) ? other.High : High);
}
