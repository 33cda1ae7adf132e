using System.Buffers;
using System.Globalization;

namespace GrafeasBridge.Filtering;

/// <summary>The value that a field is compared with, as it was written.</summary>
/// <param name="Text">Unquoted text, a word, or a number as written: 010 against text is '010'.</param>
/// <param name="IsQuoted">True for text in double quotes.</param>
/// <param name="Written">The number that the grammar saw; null for text.</param>
internal sealed record Literal(int Position, string Text, bool IsQuoted, Number? Written)
{
    /// <summary>A bare star, which asks whether anything is there.</summary>
    public bool IsStar => !IsQuoted && Text == "*";

    public string Shown => FilterException.Shown(Text);

    /// <summary>The number, or the decimal number in quotes; null when it is none.</summary>
    public Number? AsNumber() => Written ?? Number.Parse(Text);

    /// <exception cref="FilterException">What stands there is no value.</exception>
    public static Literal Of(FilterNode node) => node switch
    {
        StringNode { IsText: false } => throw new FilterException(node.Position, "found escapes that make no UTF-8 text, expected text"),
        StringNode text => new Literal(node.Position, text.Value, IsQuoted: true, Written: null),
        IdentNode word => new Literal(node.Position, word.Name, IsQuoted: false, Written: null),
        IntNode number => new Literal(node.Position, number.Text, IsQuoted: false, Number.Of(number.Value)),
        DoubleNode number => new Literal(node.Position, number.Text, IsQuoted: false, Number.Of(number.Value)),
        SelectNode => throw new FilterException(node.Position, "found a path, expected a value; put text with a dot in double quotes"),
        CallNode { IsOperator: false } call => throw new FilterException(
            node.Position, $"found a call of {FilterException.Shown(call.Function)}, expected a value"),
        _ => throw new FilterException(node.Position, "found an expression in brackets, expected a value"),
    };
}

/// <summary>A number of a filter: whole ones stay whole, so that large ones are compared exactly.</summary>
internal readonly record struct Number
{
    private static readonly SearchValues<char> Decimal = SearchValues.Create("0123456789+-.eE");

    private readonly double real;
    private readonly long whole;
    private readonly bool isWhole;

    private Number(double real, long whole, bool isWhole)
    {
        this.real = real;
        this.whole = whole;
        this.isWhole = isWhole;
    }

    public double Real => isWhole ? whole : real;

    // By way of double a large whole number would be rounded twice.
    public float Single => isWhole ? whole : (float)real;

    public static Number Of(long value) => new(0, value, isWhole: true);

    public static Number Of(double value) => new(value, 0, isWhole: false);

    /// <summary>Reads a decimal number; null for anything else, infinities too.</summary>
    public static Number? Parse(string text)
    {
        if (text.Length == 0 || text.AsSpan().ContainsAnyExcept(Decimal))
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return Of(whole);
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? Of(real) : null;
    }

    /// <summary>How a whole number stands to this one: negative when it is less.</summary>
    public int Compare(Int128 value)
    {
        if (isWhole)
            return value.CompareTo(whole);
        if (real >= ulong.MaxValue)
            return -1;
        if (real < long.MinValue)
            return 1;
        var floor = Math.Floor(real);
        var order = value.CompareTo((Int128)floor);
        return order == 0 && real > floor ? -1 : order;
    }
}
