using System.Globalization;
using System.Text;

namespace GrafeasBridge.Delivery;

/// <summary>Makes strangers' text fit to be stored and shown.</summary>
internal static class Text
{
    /// <summary>One line without control characters, of at most <paramref name="max"/> characters; a cut shows as …</summary>
    public static string OneLine(string text, int max)
    {
        var line = new StringBuilder(Math.Min(text.Length, max));
        foreach (var rune in text.EnumerateRunes())
        {
            var blank = Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;
            if (blank && (line.Length == 0 || line[^1] == ' '))
                continue;
            if (line.Length + rune.Utf16SequenceLength > max - 1)
                return line.Append('…').ToString();
            line.Append(blank ? " " : rune.ToString());
        }

        return line.ToString().TrimEnd();
    }
}
