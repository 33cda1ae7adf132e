using System.Buffers;
using System.Runtime.InteropServices;

namespace GrafeasBridge.Filtering;

internal enum TokenKind
{
    End,
    Blank,
    Text,
    Exclaim,
    Digits,
    Hex,
    Exponent,
    Quoted,
    Minus,
    Dot,
    Comma,
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    NotEqual,
    Equal,
    Has,
    And,
    Or,
    Not,

    /// <summary>A quote that nothing closes.</summary>
    Unclosed,

    /// <summary>A character that stands nowhere in a filter, or nowhere outside quotes.</summary>
    Foreign,
}

/// <summary>A token of a filter; blanks in a row are one, and so are digits.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(TokenKind Kind, int Start, int Length);

/// <summary>Cuts a filter into tokens: always the longest there is, as the reference does.</summary>
internal static class FilterTokens
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static List<Token> Of(string text)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < text.Length;)
        {
            var token = Next(text, at);
            tokens.Add(token);
            at = token.Start + token.Length;
        }

        tokens.Add(new Token(TokenKind.End, text.Length, 0));
        return tokens;
    }

    private static Token Next(string text, int at)
    {
        var c = text[at];
        var equals = at + 1 < text.Length && text[at + 1] == '=';
        return c switch
        {
            _ when IsBlank(c) => new Token(TokenKind.Blank, at, Run(text, at, IsBlank)),
            '"' => Quoted(text, at),
            '.' => One(TokenKind.Dot, at),
            ',' => One(TokenKind.Comma, at),
            '(' => One(TokenKind.Open, at),
            ')' => One(TokenKind.Close, at),
            '[' => One(TokenKind.OpenIndex, at),
            ']' => One(TokenKind.CloseIndex, at),
            ':' => One(TokenKind.Has, at),
            '=' => One(TokenKind.Equal, at),
            '-' => One(TokenKind.Minus, at),
            '<' => equals ? new Token(TokenKind.LessOrEqual, at, 2) : One(TokenKind.Less, at),
            '>' => equals ? new Token(TokenKind.GreaterOrEqual, at, 2) : One(TokenKind.Greater, at),
            '!' => equals ? new Token(TokenKind.NotEqual, at, 2) : One(TokenKind.Exclaim, at),
            _ when char.IsAsciiDigit(c) => Digits(text, at),
            _ => Word(text, at),
        };
    }

    private static Token One(TokenKind kind, int at) => new(kind, at, 1);

    private static Token Digits(string text, int at)
    {
        if (IsHex(text, at))
            return new Token(TokenKind.Hex, at, 2 + Run(text, at + 2, char.IsAsciiHexDigit));
        var end = at + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]) && !IsHex(text, end))
            end++;
        return new Token(TokenKind.Digits, at, end - at);
    }

    private static bool IsHex(string text, int at) =>
        text[at] == '0' && at + 2 < text.Length && text[at + 1] == 'x' && char.IsAsciiHexDigit(text[at + 2]);

    private static Token Word(string text, int at)
    {
        var end = at + Start(text, at);
        if (end == at)
            return One(TokenKind.Foreign, at);
        while (end < text.Length)
        {
            var length = char.IsAsciiDigit(text[end]) || text[end] is '+' or '-' ? 1 : Start(text, end);
            if (length == 0)
                break;
            end += length;
        }

        var word = text.AsSpan(at, end - at);
        var kind = word switch
        {
            "AND" => TokenKind.And,
            "OR" => TokenKind.Or,
            "NOT" => TokenKind.Not,
            _ => IsExponent(word) ? TokenKind.Exponent : TokenKind.Text,
        };
        return new Token(kind, at, word.Length);
    }

    // "e3" is an exponent wherever it stands, so it is no word: the reference refuses a field of that name.
    private static bool IsExponent(ReadOnlySpan<char> word)
    {
        if (word[0] is not ('e' or 'E') || word.Length < 2)
            return false;
        var digits = word[1] is '+' or '-' ? word[2..] : word[1..];
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    // How many characters begin a word here: none, one, or an escape.
    private static int Start(string text, int at)
    {
        var c = text[at];
        if (c == '\\')
            return Escape(text, at);
        var starts = c is (>= '#' and <= '\'') or '*' or '/' or ';' or '?' or '@' or (>= 'A' and <= 'Z') or (>= '^' and <= 'z') or '|';
        return starts || IsWide(c) ? 1 : 0;
    }

    private static int Escape(string text, int at)
    {
        var next = at + 1 < text.Length ? text[at + 1] : '\0';
        if (next is ':' or '=' or '<' or '>' or '+' or '~' or '"' or '\\' or '.' or '*' or (>= '0' and <= '7'))
            return 2;
        var digits = next switch { 'u' => 4, 'x' => 2, _ => 0 };
        var end = at + 2 + digits;
        var whole = digits > 0 && end <= text.Length && text.AsSpan(at + 2, digits).IndexOfAnyExcept(HexDigits) < 0;
        return whole ? 2 + digits : 0;
    }

    private static Token Quoted(string text, int at)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
                return new Token(TokenKind.Quoted, at, i + 1 - at);
            // What an escape may say is checked when the text is unquoted.
            if (text[i] == '\\' && i + 1 < text.Length && IsInText(text[i + 1]))
                i++;
            else if (!IsInText(text[i]))
                return One(TokenKind.Foreign, i);
        }

        return new Token(TokenKind.Unclosed, at, text.Length - at);
    }

    private static bool IsInText(char c) => c is >= ' ' and <= '~' || IsBlank(c) || IsWide(c);

    private static bool IsWide(char c) => c is >= '\u00A1' and <= '\uFFFE' && !char.IsSurrogate(c);

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n' or '\f';

    private static int Run(string text, int at, Func<char, bool> belongs)
    {
        var end = at;
        while (end < text.Length && belongs(text[end]))
            end++;
        return end - at;
    }
}
