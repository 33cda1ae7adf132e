using System.Buffers;
using System.Text;

namespace GrafeasBridge.Filtering;

/// <summary>Reads a text in quotes by the rules of Go: the escapes that Go knows, and no line feed.</summary>
internal static class FilterStrings
{
    private const string Escapes = @"\\ \"" \n \t \r \a \b \f \v \xHH \uHHHH \UHHHHHHHH \NNN";

    /// <param name="token">With its quotes.</param>
    /// <exception cref="FilterException">At the escape or the line feed that the rules do not allow.</exception>
    public static StringNode Unquote(string text, Token token)
    {
        var end = token.Start + token.Length - 1;
        var inner = text.AsSpan(token.Start + 1, token.Length - 2);
        var feed = inner.IndexOf('\n');
        if (feed >= 0)
            throw new FilterException(token.Start + 1 + feed, "found a line feed in quotes, expected it as \\n");
        if (!inner.Contains('\\'))
            return new StringNode(token.Start, inner.ToString(), IsText: true);
        // \xHH and \NNN are bytes, so that two of them may make one character.
        var bytes = new ArrayBufferWriter<byte>(inner.Length);
        for (var at = token.Start + 1; at < end;)
        {
            var plain = text.AsSpan(at, end - at).IndexOf('\\');
            if (plain < 0)
                plain = end - at;
            Encoding.UTF8.GetBytes(text.AsSpan(at, plain), bytes);
            at += plain;
            if (at < end)
                at += Escape(text, at, end, bytes);
        }

        var isText = System.Text.Unicode.Utf8.IsValid(bytes.WrittenSpan);
        return new StringNode(token.Start, Encoding.UTF8.GetString(bytes.WrittenSpan), isText);
    }

    private static int Escape(string text, int at, int end, ArrayBufferWriter<byte> bytes)
    {
        var c = text[at + 1];
        var plain = c switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' or '"' => c,
            _ => -1,
        };
        if (plain >= 0)
        {
            bytes.Write([(byte)plain]);
            return 2;
        }

        (var digits, var numeral, var first) = c switch
        {
            'x' => (2, 16, 2),
            'u' => (4, 16, 2),
            'U' => (8, 16, 2),
            >= '0' and <= '7' => (3, 8, 1),
            _ => (0, 0, 0),
        };
        if (digits == 0 || at + first + digits > end || Number(text.AsSpan(at + first, digits), numeral) is not { } value)
        {
            throw new FilterException(
                at, $"found {FilterException.Shown(text.AsSpan(at, 2))} in quotes, expected one of {Escapes}");
        }

        Write(value, c is 'u' or 'U', at, bytes);
        return first + digits;
    }

    private static void Write(long value, bool character, int at, ArrayBufferWriter<byte> bytes)
    {
        if (!character)
        {
            if (value > byte.MaxValue)
                throw new FilterException(at, "found an octal escape over \\377, the largest there is");
            bytes.Write([(byte)value]);
            return;
        }

        if (value > 0x10FFFF || !Rune.IsValid((int)value))
        {
            throw new FilterException(at, "found an escape that stands for no character, half of a surrogate pair perhaps");
        }

        Span<byte> encoded = stackalloc byte[4];
        bytes.Write(encoded[..new Rune((int)value).EncodeToUtf8(encoded)]);
    }

    private static long? Number(ReadOnlySpan<char> digits, int numeral)
    {
        long value = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
                return null;
            var digit = char.IsAsciiDigit(c) ? c - (int)'0' : (c | 0x20) - 'a' + 10;
            if (digit >= numeral)
                return null;
            value = (value * numeral) + digit;
        }

        return value;
    }
}
