using System.Globalization;

namespace GrafeasBridge.Filtering;

/// <summary>A filter that is not understood. The message goes to the sender as it is.</summary>
internal sealed class FilterException : Exception
{
    private const int Longest = 60;

    /// <param name="position">Offset of the character at fault, counted from 0.</param>
    /// <param name="sentence">What was found there, and what was expected.</param>
    public FilterException(int position, string sentence)
        : base(string.Create(CultureInfo.InvariantCulture, $"at character {position + 1}: {sentence}")) => Position = position;

    /// <summary>A filter over one of its limits, which no single character is to blame for.</summary>
    public FilterException(string sentence)
        : base(sentence)
    {
    }

    /// <summary>Offset of the character at fault, counted from 0.</summary>
    public int Position { get; }

    /// <summary>A part of the filter in quotes, shortened, without control characters.</summary>
    internal static string Shown(ReadOnlySpan<char> text)
    {
        var cut = text.Length > Longest;
        if (cut)
            text = text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)];
        Span<char> shown = stackalloc char[Longest];
        for (var i = 0; i < text.Length; i++)
            shown[i] = char.IsControl(text[i]) ? '\uFFFD' : text[i];
        return $"'{shown[..text.Length]}{(cut ? "…" : string.Empty)}'";
    }
}

/// <summary>How large a filter may be.</summary>
/// <param name="MaxLength">Characters of the text.</param>
/// <param name="MaxDepth">Brackets within brackets, and parts of one field path.</param>
/// <param name="MaxTerms">Comparisons, calls and single words.</param>
internal sealed record FilterLimits(int MaxLength = 10_000, int MaxDepth = 50, int MaxTerms = 500);
