namespace GrafeasBridge.Filtering;

/// <summary>How a text has to stand to another one.</summary>
internal enum TextMatch
{
    Equal,
    StartsWith,
    EndsWith,
    Contains,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>What a filter asks of one text.</summary>
internal sealed record TextTest(TextMatch Match, string Value)
{
    /// <summary>An equals sign before a text: a star at either end stands for anything.</summary>
    public static TextTest Wildcard(string value)
    {
        var open = value.StartsWith('*');
        var openEnd = value.Length > 1 && value.EndsWith('*');
        return (open, openEnd) switch
        {
            (true, true) => new TextTest(TextMatch.Contains, value[1..^1]),
            (true, false) => new TextTest(TextMatch.EndsWith, value[1..]),
            (false, true) => new TextTest(TextMatch.StartsWith, value[..^1]),
            _ => new TextTest(TextMatch.Equal, value),
        };
    }

    public bool Test(ReadOnlySpan<char> text) => Match switch
    {
        TextMatch.Equal => text.SequenceEqual(Value),
        TextMatch.StartsWith => text.StartsWith(Value, StringComparison.Ordinal),
        TextMatch.EndsWith => text.EndsWith(Value, StringComparison.Ordinal),
        TextMatch.Contains => text.Contains(Value, StringComparison.Ordinal),
        TextMatch.Less => Compare(text, Value) < 0,
        TextMatch.LessOrEqual => Compare(text, Value) <= 0,
        TextMatch.Greater => Compare(text, Value) > 0,
        _ => Compare(text, Value) >= 0,
    };

    /// <summary>The same question asked of a column.</summary>
    public Condition Of(Column column) => Match switch
    {
        TextMatch.StartsWith => Value.Length == 0 ? new Condition.Always() : new Condition.StartsWith(column, Value),
        TextMatch.EndsWith => Value.Length == 0 ? new Condition.Always() : new Condition.EndsWith(column, Value),
        TextMatch.Contains => Value.Length == 0 ? new Condition.Always() : new Condition.Contains(column, Value),
        TextMatch.Equal => new Condition.CompareText(column, Comparison.Equal, Value),
        TextMatch.Less => new Condition.CompareText(column, Comparison.Less, Value),
        TextMatch.LessOrEqual => new Condition.CompareText(column, Comparison.LessOrEqual, Value),
        TextMatch.Greater => new Condition.CompareText(column, Comparison.Greater, Value),
        _ => new Condition.CompareText(column, Comparison.GreaterOrEqual, Value),
    };

    /// <summary>Order of code points. That of UTF-16 puts U+1F600 before U+FF5E, and the database, which sees UTF-8, after it.</summary>
    internal static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
            return left.Length.CompareTo(right.Length);
        return Rank(left[same]).CompareTo(Rank(right[same]));
    }

    // Surrogates stand for what comes after U+FFFF.
    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;

    /// <summary>The nth part between slashes.</summary>
    /// <returns>False when there are fewer parts.</returns>
    internal static bool TryPart(ref ReadOnlySpan<char> text, int part)
    {
        for (var i = 1; i < part; i++)
        {
            var slash = text.IndexOf('/');
            if (slash < 0)
                return false;
            text = text[(slash + 1)..];
        }

        var end = text.IndexOf('/');
        if (end >= 0)
            text = text[..end];
        return true;
    }
}
