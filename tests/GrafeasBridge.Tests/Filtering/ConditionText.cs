using GrafeasBridge.Filtering;

namespace GrafeasBridge.Tests.Filtering;

/// <summary>A condition as a line of text, to be compared in tables.</summary>
internal static class ConditionText
{
    public static string Of(Condition condition) => condition switch
    {
        Condition.Always => "always",
        Condition.Never => "never",
        Condition.All all => $"({string.Join(" and ", all.Parts.Select(Of))})",
        Condition.Any any => $"({string.Join(" or ", any.Parts.Select(Of))})",
        Condition.CompareText text => $"{text.Column} {Sign(text.Comparison)} '{text.Value}'",
        Condition.CompareNumber number => $"{number.Column} {Sign(number.Comparison)} {number.Value}",
        Condition.StartsWith starts => $"{starts.Column} starts '{starts.Prefix}'",
        Condition.EndsWith ends => $"{ends.Column} ends '{ends.Suffix}'",
        Condition.Contains contains => $"{contains.Column} contains '{contains.Text}'",
        Condition.Not not => $"not {Of(not.Part)}",
        _ => throw new ArgumentException($"{condition.GetType()}", nameof(condition)),
    };

    private static string Sign(Comparison comparison) => comparison switch
    {
        Comparison.Equal => "=",
        Comparison.NotEqual => "!=",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        _ => ">=",
    };
}
