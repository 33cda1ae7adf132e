using System.Globalization;

namespace GrafeasBridge.Filtering;

internal sealed partial class FilterParser
{
    /// <param name="negative">True where a minus is the sign of a number: a first one at the start of a term negates the term.</param>
    private FilterNode Comparable(bool negative, string expected)
    {
        if (Number(negative) is { } number)
            return number;
        var value = Primary(expected);
        for (var steps = 1; ; steps++)
        {
            var at = Current.Start;
            if (Current.Kind is not (TokenKind.Dot or TokenKind.OpenIndex))
                return value;
            if (steps >= limits.MaxDepth)
            {
                throw new FilterException(at, $"has a path of more than {limits.MaxDepth} parts, which is the most allowed");
            }

            value = Current.Kind == TokenKind.Dot ? Selected(value) : Indexed(value);
        }
    }

    private FilterNode Selected(FilterNode operand)
    {
        var at = Current.Start;
        next++;
        var field = Field();
        return Current.Kind == TokenKind.Open ? Call(at, field, operand) : new SelectNode(at, operand, field);
    }

    private CallNode Indexed(FilterNode operand)
    {
        var at = Current.Start;
        Enter(at);
        next++;
        SkipBlank();
        var index = Comparable(negative: true, "a key");
        SkipBlank();
        if (Current.Kind != TokenKind.CloseIndex)
            throw Unexpected("']'");
        next++;
        depth--;
        return Operator(at, Operators.Index, operand, index);
    }

    private string Field()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.And or TokenKind.Or or TokenKind.Not:
                next++;
                return Of(token).ToString();
            case TokenKind.Quoted:
                next++;
                return FilterStrings.Unquote(text, token) is { IsText: true } name
                    ? name.Value
                    : throw new FilterException(token.Start, "found escapes that make no UTF-8 text, expected the name of a field");
            default:
                return Word() ?? throw Unexpected("the name of a field");
        }
    }

    private FilterNode Primary(string expected)
    {
        var token = Current;
        if (token.Kind == TokenKind.Quoted)
        {
            next++;
            return FilterStrings.Unquote(text, token);
        }

        if (token.Kind == TokenKind.Open)
            return Composite();
        var word = Word() ?? throw Unexpected(expected);
        return Current.Kind == TokenKind.Open ? Call(token.Start, word, target: null) : new IdentNode(token.Start, word);
    }

    private FilterNode Composite()
    {
        Enter(Current.Start);
        next++;
        SkipBlank();
        var inner = Expression();
        SkipBlank();
        if (Current.Kind != TokenKind.Close)
            throw Unexpected("')', or a blank and a further term");
        next++;
        depth--;
        return inner;
    }

    private CallNode Call(int at, string name, FilterNode? target)
    {
        Count();
        Enter(at);
        next++;
        var args = new List<FilterNode>();
        if (Current.Kind != TokenKind.Close)
        {
            do
            {
                if (args.Count > 0)
                    next++;
                SkipBlank();
                args.Add(Comparable(negative: true, "an argument"));
                SkipBlank();
            }
            while (Current.Kind == TokenKind.Comma);
        }

        if (Current.Kind != TokenKind.Close)
            throw Unexpected("',' or ')'");
        next++;
        depth--;
        return new CallNode(at, name, args, target, IsOperator: false);
    }

    /// <summary>Pieces of a word that follow each other at once, as 2024-01-01 and a!b; null when none begins here.</summary>
    private string? Word()
    {
        if (Current.Kind is not (TokenKind.Text or TokenKind.Exclaim or TokenKind.Digits))
            return null;
        var start = Current.Start;
        while (Current.Kind is TokenKind.Text or TokenKind.Exclaim or TokenKind.Digits or TokenKind.Minus)
            next++;
        return text[start..Current.Start];
    }

    /// <summary>
    /// A number, unless what follows at once makes it the beginning of something else: 1.5 is a number, 1.5.2 a path, 2024-01
    /// a word.
    /// </summary>
    private FilterNode? Number(bool negative)
    {
        var end = next;
        if (negative && tokens[end].Kind == TokenKind.Minus)
            end++;
        var signed = end > next;
        var point = false;
        if (tokens[end].Kind == TokenKind.Hex)
        {
            end++;
        }
        else if (tokens[end].Kind == TokenKind.Digits)
        {
            point = Fraction(ref end);
        }
        else if (tokens[end].Kind == TokenKind.Dot && tokens[end + 1].Kind == TokenKind.Digits)
        {
            point = true;
            end += 2;
        }
        else if (signed)
        {
            next = end;
            throw Unexpected("a number after '-'; put other text in quotes");
        }
        else
        {
            return null;
        }

        if (point && tokens[end].Kind == TokenKind.Exponent)
            end++;
        if (!EndsNumber(tokens[end].Kind))
        {
            if (!signed && tokens[next].Kind == TokenKind.Digits)
                return null;
            next = end;
            throw Unexpected("the number to end; put other text in quotes");
        }

        var at = Current.Start;
        var written = text[at..tokens[end].Start];
        next = end;
        return point ? Float(at, written) : Integer(at, written);
    }

    // Digits, and a point with or without digits after it.
    private bool Fraction(ref int end)
    {
        end++;
        if (tokens[end].Kind != TokenKind.Dot)
            return false;
        end++;
        if (tokens[end].Kind == TokenKind.Digits)
            end++;
        return true;
    }

    private static bool EndsNumber(TokenKind kind) =>
        kind is TokenKind.End or TokenKind.Blank or TokenKind.Comma or TokenKind.Close or TokenKind.CloseIndex
        || OperatorOf(kind) is not null;

    private static DoubleNode Float(int at, string written)
    {
        var value = double.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value)
            ? new DoubleNode(at, value, written)
            : throw new FilterException(at, $"found {FilterException.Shown(written)}, which is over {double.MaxValue}, the largest number");
    }

    private static IntNode Integer(int at, string written)
    {
        var digits = written.AsSpan(written[0] == '-' ? 1 : 0);
        var numeral = digits.StartsWith("0x", StringComparison.Ordinal) ? 16 : digits.Length > 1 && digits[0] == '0' ? 8 : 10;
        UInt128 value = 0;
        foreach (var c in numeral == 16 ? digits[2..] : digits)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
            if (digit >= numeral)
            {
                throw new FilterException(at, $"found {FilterException.Shown(written)}, which begins with 0 and is no octal number");
            }

            value = (value * (UInt128)numeral) + (UInt128)digit;
            if (value > 1UL << 63)
                break;
        }

        var negative = digits.Length < written.Length;
        if (value > (negative ? 1UL << 63 : long.MaxValue))
        {
            throw new FilterException(
                at, $"found {FilterException.Shown(written)}, which is not within {long.MinValue} and {long.MaxValue}");
        }

        return new IntNode(at, negative ? (long)-(Int128)value : (long)value, written);
    }
}
