namespace GrafeasBridge.Api;

/// <summary>What a stranger sent, made fit to be quoted in a sentence.</summary>
internal static class QuotedText
{
    private const int Longest = 100;

    /// <summary>At most 100 characters, without control characters; what is cut off is marked.</summary>
    public static string Shorten(string text)
    {
        var shown = text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Cut(text)), "…");
        return shown.Any(char.IsControl)
            ? string.Create(shown.Length, shown, static (span, from) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = char.IsControl(from[i]) ? '�' : from[i];
            })
            : shown;
    }

    // A surrogate pair cut in half would not be valid UTF-8.
    private static int Cut(string text) => char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest;
}
