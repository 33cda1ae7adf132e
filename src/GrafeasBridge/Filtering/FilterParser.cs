namespace GrafeasBridge.Filtering;

/// <summary>
/// Reads a filter into the tree that the reference makes of it. A line of operators is read in a loop; only brackets call
/// the parser anew, and no deeper than the limit.
/// </summary>
internal sealed partial class FilterParser
{
    private const string Term = "a field, a call or '('";

    private readonly string text;
    private readonly FilterLimits limits;
    private readonly List<Token> tokens;
    private int next;
    private int depth;
    private int terms;

    private FilterParser(string text, FilterLimits limits)
    {
        this.text = text;
        this.limits = limits;
        tokens = FilterTokens.Of(text);
    }

    private Token Current => tokens[next];

    /// <returns>Null for a filter of nothing or of blanks.</returns>
    /// <exception cref="FilterException">The text is no filter, or over a limit.</exception>
    public static FilterNode? Parse(string text, FilterLimits limits)
    {
        if (text.Length > limits.MaxLength)
        {
            throw new FilterException($"has {text.Length} characters; at most {limits.MaxLength} are allowed");
        }

        var parser = new FilterParser(text, limits);
        return parser.Whole();
    }

    private FilterNode? Whole()
    {
        if (Current.Kind == TokenKind.Blank)
        {
            if (tokens[next + 1].Kind == TokenKind.End)
                return null;
            throw new FilterException(0, "found a blank, expected the filter to begin without one");
        }

        if (Current.Kind == TokenKind.End)
            return null;
        var filter = Expression();
        SkipBlank();
        if (Current.Kind == TokenKind.End)
            return filter;
        // What people meant is most often a URL or a time, which they left without quotes.
        var hint = OperatorOf(Current.Kind) is null ? string.Empty : $"; text that holds {Found(Current)} takes double quotes";
        throw Unexpected($"a blank and a further term, or the end{hint}");
    }

    private FilterNode Expression()
    {
        var left = Sequence();
        while (TakeBetweenBlanks(TokenKind.And))
        {
            var at = tokens[next - 2].Start;
            left = Operator(at, Operators.And, left, Sequence());
        }

        return left;
    }

    private FilterNode Sequence()
    {
        var first = Factor();
        List<FilterNode>? all = null;
        while (Current.Kind == TokenKind.Blank && Following.Kind is not (TokenKind.And or TokenKind.Close or TokenKind.End))
        {
            next++;
            (all ??= [first]).Add(Factor());
        }

        return all is null ? first : new CallNode(first.Position, Operators.Sequence, all, Target: null, IsOperator: true);
    }

    private FilterNode Factor()
    {
        var left = Negatable();
        while (TakeBetweenBlanks(TokenKind.Or))
        {
            var at = tokens[next - 2].Start;
            left = Operator(at, Operators.Or, left, Negatable());
        }

        return left;
    }

    private FilterNode Negatable()
    {
        var at = Current.Start;
        string? negation = null;
        if (Current.Kind == TokenKind.Minus)
        {
            negation = Operators.Minus;
            next++;
        }
        else if (Current.Kind == TokenKind.Not)
        {
            next++;
            if (Current.Kind != TokenKind.Blank)
                throw Unexpected("a blank after NOT");
            next++;
            negation = Operators.Not;
        }

        if (negation is not null && NegatesAgain())
            throw Unexpected($"{Term}: a term is negated once only");
        var term = Restriction(negative: negation is not null);
        if (term is not CallNode call || !Operators.IsRestriction(call.Function))
            term = Operator(term.Position, Operators.Global, term);
        return negation is null ? term : Operator(at, negation, term);
    }

    // The second minus of --1 is the sign of a number.
    private bool NegatesAgain() => Current.Kind == TokenKind.Not
        || (Current.Kind == TokenKind.Minus && Following.Kind is not (TokenKind.Digits or TokenKind.Hex or TokenKind.Dot));

    private FilterNode Restriction(bool negative)
    {
        Count();
        var left = Comparable(negative, Term);
        var blanks = Current.Kind == TokenKind.Blank ? 1 : 0;
        var token = tokens[next + blanks];
        if (OperatorOf(token.Kind) is not { } name)
            return left;
        next += blanks + 1;
        SkipBlank();
        return Operator(token.Start, name, left, Comparable(negative: true, "a value"));
    }

    private static string? OperatorOf(TokenKind kind) => kind switch
    {
        TokenKind.Equal => Operators.Equal,
        TokenKind.NotEqual => Operators.NotEqual,
        TokenKind.Less => Operators.Less,
        TokenKind.LessOrEqual => Operators.LessOrEqual,
        TokenKind.Greater => Operators.Greater,
        TokenKind.GreaterOrEqual => Operators.GreaterOrEqual,
        TokenKind.Has => Operators.Has,
        _ => null,
    };

    private static CallNode Operator(int at, string name, params FilterNode[] args) => new(at, name, args, Target: null, IsOperator: true);

    private Token Following => Current.Kind == TokenKind.End ? Current : tokens[next + 1];

    private bool TakeBetweenBlanks(TokenKind kind)
    {
        if (Current.Kind != TokenKind.Blank || Following.Kind != kind)
            return false;
        next += 2;
        if (Current.Kind != TokenKind.Blank)
            throw Unexpected($"a blank after {(kind == TokenKind.And ? "AND" : "OR")}");
        next++;
        return true;
    }

    private void SkipBlank()
    {
        if (Current.Kind == TokenKind.Blank)
            next++;
    }

    private void Count()
    {
        if (++terms > limits.MaxTerms)
        {
            throw new FilterException(Current.Start, $"has more than {limits.MaxTerms} comparisons and calls, which is the most allowed");
        }
    }

    private void Enter(int at)
    {
        if (++depth > limits.MaxDepth)
        {
            throw new FilterException(at, $"nests {depth} levels deep; at most {limits.MaxDepth} are allowed");
        }
    }

    private FilterException Unexpected(string expected) => new(Current.Start, $"found {Found(Current)}, expected {expected}");

    private string Found(Token token) => token.Kind switch
    {
        TokenKind.End => "the end",
        TokenKind.Blank => "a blank",
        TokenKind.Unclosed => "a quote that nothing closes",
        TokenKind.Foreign => Foreign(token.Start),
        TokenKind.Hex or TokenKind.Digits => $"the number {FilterException.Shown(Of(token))}",
        _ => FilterException.Shown(Of(token)),
    };

    private string Foreign(int at)
    {
        var c = text[at];
        var pair = char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
        var code = pair ? char.ConvertToUtf32(c, text[at + 1]) : c;
        return c is > ' ' and <= '~'
            ? $"'{c}', which stands only in quotes"
            : $"the character U+{code:X4}, which no filter may hold";
    }

    private ReadOnlySpan<char> Of(Token token) => text.AsSpan(token.Start, token.Length);
}
