using GrafeasBridge.Filtering;

namespace GrafeasBridge.Tests.Filtering;

public sealed class GrammarTests
{
    private static readonly FilterLimits Limits = new();

    [Theory]
    [InlineData(" a=b", 1, "found a blank, expected the filter to begin without one")]
    [InlineData("a=", 3, "found the end, expected a value")]
    [InlineData("a=b AND", 8, "found the end, expected a blank after AND")]
    [InlineData("a=b OR ", 8, "found the end, expected a field, a call or '('")]
    [InlineData("a=b AND(c=d)", 8, "found '(', expected a blank after AND")]
    [InlineData("NOT(a=b)", 4, "found '(', expected a blank after NOT")]
    [InlineData("NOT NOT a=b", 5, "found 'NOT', expected a field, a call or '(': a term is negated once only")]
    [InlineData("- a=b", 2, "found a blank, expected a field, a call or '('")]
    [InlineData("a=b=c", 4, "found '=', expected a blank and a further term, or the end; text that holds '=' takes double quotes")]
    [InlineData("a==b", 3, "found '=', expected a value")]
    [InlineData("(a=b", 5, "found the end, expected ')', or a blank and a further term")]
    [InlineData("a=https://x", 8, "found ':', expected a blank and a further term, or the end; text that holds ':' takes double quotes")]
    [InlineData("a=b)", 4, "found ')', expected a blank and a further term, or the end")]
    [InlineData("a.\"\\xff\"=b", 3, "found escapes that make no UTF-8 text, expected the name of a field")]
    [InlineData("a=\"b", 3, "found a quote that nothing closes, expected a value")]
    [InlineData("a=\"b\\qc\"", 5, @"found '\q' in quotes, expected one of \\ \"" \n \t \r \a \b \f \v \xHH \uHHHH \UHHHHHHHH \NNN")]
    [InlineData("a=\"b\nc\"", 5, "found a line feed in quotes, expected it as \\n")]
    [InlineData("a=\"\\400\"", 4, "found an octal escape over \\377, the largest there is")]
    [InlineData("a=\"\\ud83d\"", 4, "found an escape that stands for no character, half of a surrogate pair perhaps")]
    [InlineData("a=b{c}", 4, "found '{', which stands only in quotes, expected a blank and a further term, or the end")]
    [InlineData("a=\"x😀\"", 5, "found the character U+1F600, which no filter may hold, expected a value")]
    [InlineData("a=\u00a0b", 3, "found the character U+00A0, which no filter may hold, expected a value")]
    [InlineData("a=08", 3, "found '08', which begins with 0 and is no octal number")]
    [InlineData("a=9223372036854775808", 3, "found '9223372036854775808', which is not within -9223372036854775808 and 9223372036854775807")]
    [InlineData("a=-x", 4, "found 'x', expected a number after '-'; put other text in quotes")]
    [InlineData("a=-1x", 5, "found 'x', expected the number to end; put other text in quotes")]
    [InlineData("f( )", 4, "found ')', expected an argument")]
    [InlineData("f(a,)", 5, "found ')', expected an argument")]
    [InlineData("f(a=b)", 4, "found '=', expected ',' or ')'")]
    [InlineData("a[b", 4, "found the end, expected ']'")]
    [InlineData("a..b", 3, "found '.', expected the name of a field")]
    public void A_filter_that_is_not_understood_is_refused_with_its_position(string filter, int character, string sentence)
    {
        var refused = Refused(filter, Limits);
        Assert.Equal(character - 1, refused.Position);
        Assert.Equal($"at character {character}: {sentence}", refused.Message);
    }

    // What the grammar says and no case does: tokens are the longest there are, and some words are no text.
    [Theory]
    [InlineData("a=e3")]
    [InlineData("e3=a")]
    [InlineData("a.e3=b")]
    [InlineData("a=1e3")]
    [InlineData("a.0x1F=b")]
    [InlineData("a=10x1F")]
    [InlineData("a=0x1Fg")]
    [InlineData("a=0x8000000000000000")]
    [InlineData("a=1+2")]
    [InlineData("a=+1")]
    [InlineData("a=.5.5")]
    [InlineData("a=1.5e400")]
    [InlineData("a=1AND")]
    [InlineData("a=\\8")]
    [InlineData("a=b\\")]
    [InlineData("a=\"\\7\"")]
    [InlineData("a=\"\\x1\"")]
    [InlineData("a=\"\\U00110000\"")]
    [InlineData("\"a\"(b)")]
    [InlineData("f(a)(b)")]
    [InlineData("a=\"\u0001\"")]
    [InlineData("a=\"\u007f\"")]
    [InlineData("a=\"\uffff\"")]
    public void What_the_grammar_does_not_make_is_refused(string filter) => Refused(filter, Limits);

    [Theory]
    [InlineData("--1", Operators.Minus)]
    [InlineData("NOT -1", Operators.Not)]
    public void After_a_negation_a_minus_is_the_sign_of_a_number(string filter, string operation)
    {
        var negated = Assert.IsType<CallNode>(FilterParser.Parse(filter, Limits));
        Assert.Equal(operation, negated.Function);
        Assert.Equal(-1, Assert.IsType<IntNode>(Assert.IsType<CallNode>(negated.Args[0]).Args[0]).Value);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.Equal(3, Refused("a=\"\ud83d\"", Limits).Position);

    [Theory]
    [InlineData("a=0x1f", 31)]
    [InlineData("a=-0x8000000000000000", long.MinValue)]
    [InlineData("a=-010", -8)]
    [InlineData("a=00", 0)]
    [InlineData("a=-0", 0)]
    public void Whole_numbers_are_read_with_their_base(string filter, long value) =>
        Assert.Equal(value, Assert.IsType<IntNode>(Value(filter)).Value);

    [Theory]
    [InlineData("a=1.e3", 1000)]
    [InlineData("a=.5e-1", 0.05)]
    [InlineData("a=-1.", -1)]
    public void A_point_makes_a_number_a_real_one(string filter, double value) =>
        Assert.Equal(value, Assert.IsType<DoubleNode>(Value(filter)).Value);

    [Theory]
    [InlineData("a=08a", "08a")]
    [InlineData("a=1-2", "1-2")]
    [InlineData("a=0X1F", "0X1F")]
    [InlineData("a=e+x", "e+x")]
    [InlineData("a=ANDc", "ANDc")]
    [InlineData("a=and", "and")]
    [InlineData(@"a=b\u0041\x41\7\.", @"b\u0041\x41\7\.")]
    public void What_only_begins_as_a_number_or_a_keyword_is_a_word(string filter, string word) =>
        Assert.Equal(word, Assert.IsType<IdentNode>(Value(filter)).Name);

    [Theory]
    [InlineData(@"a=""\xc3\xa9""", "é")]
    [InlineData(@"a=""\101\u00e9\U0001F600""", "Aé😀")]
    [InlineData(@"a=""\a\b\f\v\r\t\n\\\""""", "\a\b\f\v\r\t\n\\\"")]
    [InlineData("a=\"x\ty\rz\"", "x\ty\rz")]
    public void Quotes_are_read_by_the_rules_of_go(string filter, string text) =>
        Assert.Equal(text, Assert.IsType<StringNode>(Value(filter)).Value);

    // A quote after a doubled backslash ends the text, whatever comes behind it.
    [Fact]
    public void A_text_may_end_with_a_backslash()
    {
        var both = Assert.IsType<CallNode>(FilterParser.Parse(@"a=""b\\"" OR c=""d""", Limits));
        Assert.Equal(Operators.Or, both.Function);
        Assert.Equal(@"b\", Assert.IsType<StringNode>(Assert.IsType<CallNode>(both.Args[0]).Args[1]).Value);
    }

    [Fact]
    public void A_call_that_is_named_like_an_operator_is_no_operator()
    {
        var call = Assert.IsType<CallNode>(Assert.IsType<CallNode>(FilterParser.Parse("_||_(a, b)", Limits)).Args[0]);
        Assert.Equal(Operators.Or, call.Function);
        Assert.False(call.IsOperator);
    }

    [Fact]
    public void A_filter_over_a_limit_is_refused_with_limit_and_value()
    {
        Assert.Equal("has 11 characters; at most 10 are allowed", Refused("aaaaaaaa=bb", new FilterLimits(MaxLength: 10)).Message);
        Assert.Equal("at character 3: nests 3 levels deep; at most 2 are allowed", Refused("(((a=b)))", new FilterLimits(MaxDepth: 2)).Message);
        Assert.Equal(
            "at character 15: has more than 2 comparisons and calls, which is the most allowed",
            Refused("a=b OR c=d OR e=f", new FilterLimits(MaxTerms: 2)).Message);
    }

    [Theory]
    [InlineData("(", "a=b", ")")]
    [InlineData("a[", "b", "]")]
    [InlineData("f(", "b", ")")]
    [InlineData("a.", "b", "")]
    [InlineData("-(", "a=b", ")")]
    [InlineData("x=(", "a", ")")]
    public void Depth_is_bounded_before_the_stack_is_at_risk(string open, string inner, string close)
    {
        string Nested(int levels) => string.Concat(Enumerable.Repeat(open, levels)) + inner + string.Concat(Enumerable.Repeat(close, levels));
        Assert.NotNull(FilterParser.Parse(Nested(49), Limits));
        Assert.Contains("50", Refused(Nested(60), Limits).Message, StringComparison.Ordinal);
        // Far more than a thread's stack would bear, were it one call a level.
        var wide = new FilterLimits(MaxLength: 1_000_000);
        Assert.Contains("50", Refused(Nested(100_000), wide).Message, StringComparison.Ordinal);
        Refused(string.Concat(Enumerable.Repeat(open, 100_000)), wide);
    }

    [Theory]
    [InlineData(" AND ")]
    [InlineData(" OR ")]
    [InlineData(" ")]
    public void A_long_line_costs_no_depth(string between)
    {
        var limits = new FilterLimits(MaxLength: 1_000_000, MaxTerms: 20_000);
        var filter = string.Join(between, Enumerable.Repeat("remediation=\"x\"", 20_000));
        var compiled = ListFilter.Compile(filter, FilterSubject.Occurrences, limits);
        Assert.False(compiled.Matches(new Grafeas.V1.Occurrence()));
        Assert.True(compiled.Matches(new Grafeas.V1.Occurrence { Remediation = "x" }));
    }

    private static FilterNode Value(string filter) => Assert.IsType<CallNode>(FilterParser.Parse(filter, Limits)).Args[1];

    private static FilterException Refused(string filter, FilterLimits limits)
    {
        var refused = Assert.Throws<FilterException>(() => FilterParser.Parse(filter, limits));
        Assert.InRange(refused.Position, 0, filter.Length);
        return refused;
    }
}
