using GrafeasBridge.Filtering;

namespace GrafeasBridge.Tests.Store;

/// <summary>Conditions over a small world, in which values that are easily confused lie beside each other.</summary>
internal sealed class RandomConditions(Random random)
{
    private static readonly string Hex = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));
    private static readonly string Other = string.Concat(Enumerable.Repeat("0123456789abcdee", 4));

    public static readonly (string Project, string Id, int Kind)[] Notes =
        [("n1", "a", 2), ("n1", "b", 7), ("n2", "a", 1), ("n2", "A", 2), ("n1", "a%", 6), ("p1", "ab", 7)];

    public static readonly string[] Resources =
    [
        "", "https://r.example/a", "https://r.example/A", "https://r.example/a/b", "https://r.example/a%", "https://r.example/a_", "https://r.example/a*",
        "a\u0001b", "a\u0001", "a", "ä", "a\u0308", "\uFFFD", "\uE000", "\U0001F600", "\U0010FFFF", "\U0010FFFF\U0010FFFF", "' or 1=1 --",
        "img@sha256:" + Hex, "img@sha256:" + Other, "sha256:" + Hex, "img@sha256:" + Hex.ToUpperInvariant(), "img@sha256:" + Hex + "?x",
        "img@sha256:" + Hex + "@sha256:" + Other, "img\u0001@sha256:" + Hex, "img@sha256:0123", "img@sha256:0123456789abcdef", "sha256:",
    ];

    public static readonly long[] Times = [0, 1, 638_000_000_000_000_000, 638_000_000_000_000_001, DateTime.MaxValue.Ticks];

    private static readonly string[] Texts =
        [.. Resources.Concat(["https://r.example/", "https", "img@", "@sha256:" + Hex, "sha256:" + Other, "é", "\0", "a\0", "a\0b", "\u0001", "\U0010FFFE", "x", "n1", "n2", "p1", "b", "ab"])];

    private static readonly long[] Kinds = [0, 1, 2, 6, 7, 99, -1];

    public static IEnumerable<Condition> EveryLeaf()
    {
        foreach (var comparison in Enum.GetValues<Comparison>())
        {
            foreach (var kind in Kinds)
                yield return new Condition.CompareNumber(Column.Kind, comparison, kind);
            foreach (var time in Times.Concat([long.MinValue, long.MaxValue]))
                yield return new Condition.CompareNumber(Column.CreateTime, comparison, time);
            foreach (var (column, text) in EveryText())
                yield return new Condition.CompareText(column, comparison, text);
        }

        foreach (var (column, text) in EveryText())
        {
            yield return new Condition.StartsWith(column, text);
            yield return new Condition.EndsWith(column, text);
            yield return new Condition.Contains(column, text);
        }
    }

    public Condition Next(int depth = 3) => random.Next(depth == 0 ? 1 : 4) switch
    {
        1 => new Condition.All([.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => Next(depth - 1))]),
        2 => new Condition.Any([.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => Next(depth - 1))]),
        _ => Leaf(),
    };

    private static IEnumerable<(Column Column, string Text)> EveryText() =>
        from column in new[] { Column.ResourceUri, Column.NoteProject, Column.NoteId }
        from text in Texts
        select (column, text);

    private Condition Leaf()
    {
        var comparison = Pick(Enum.GetValues<Comparison>());
        var column = random.Next(3) == 0 ? Pick([Column.NoteProject, Column.NoteId]) : Column.ResourceUri;
        var text = column == Column.ResourceUri || random.Next(4) == 0 ? Pick(Texts) : Pick(["a", "n1", "n2", "ab", "b"]);
        Condition leaf = random.Next(9) switch
        {
            0 => new Condition.Always(),
            1 => random.Next(4) == 0 ? new Condition.Never() : new Condition.Always(),
            2 => new Condition.CompareNumber(Column.Kind, comparison, Pick(Kinds)),
            3 => new Condition.CompareNumber(Column.CreateTime, comparison, Pick(Times)),
            4 => new Condition.StartsWith(column, text),
            5 => new Condition.EndsWith(column, text),
            6 => new Condition.Contains(column, text),
            _ => new Condition.CompareText(column, random.Next(2) == 0 ? Comparison.Equal : comparison, text),
        };
        return random.Next(6) == 0 ? new Condition.Not(leaf) : leaf;
    }

    private T Pick<T>(IReadOnlyList<T> values) => values[random.Next(values.Count)];
}
