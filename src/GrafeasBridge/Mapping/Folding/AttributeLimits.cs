using System.Security.Cryptography;
using System.Text;
using GrafeasBridge.Mapping.Provenance;

namespace GrafeasBridge.Mapping.Folding;

/// <summary>What did not fit, or had to go.</summary>
[Flags]
internal enum Losses
{
    None = 0,
    Shortened = 1,
    Credentials = 2,
    Others = 4,
    TooMany = 8,

    /// <summary>Some of what is past retention was read by another mapping table.</summary>
    Gap = 16,
}

/// <summary>How much one attribute may hold.</summary>
internal sealed record AttributeLimits(int MaxValues, int MaxValueLength)
{
    private const string HashMark = "…sha256:";
    private const int HashLength = 64;

    /// <summary>The text as it may be shown: without credentials, and shortened to end in the SHA-256 of the whole.</summary>
    public (string Text, Losses Losses) Fit(string text)
    {
        var losses = Losses.None;
        var stripped = UrlCredentials.Strip(text);
        if (stripped.Length != text.Length)
            losses |= Losses.Credentials;
        if (stripped.Length <= MaxValueLength)
            return (stripped, losses);

        var kept = MaxValueLength - HashMark.Length - HashLength;
        if (char.IsHighSurrogate(stripped[kept - 1]))
            kept--;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stripped)));
        return (stripped[..kept] + HashMark + hash, losses | Losses.Shortened);
    }

    /// <returns>Null when nothing was lost.</returns>
    /// <param name="kept">Which values stay when there are too many.</param>
    public string? DescribeLosses(Losses losses, string kept)
    {
        var sentences = new List<string>();
        if (losses.HasFlag(Losses.TooMany))
            sentences.Add($"There are more than {MaxValues} values (Mapping:MaxValues); {kept} are kept.");
        if (losses.HasFlag(Losses.Others))
            sentences.Add("The source holds further values; the first is kept.");
        if (losses.HasFlag(Losses.Shortened))
        {
            sentences.Add(
                $"A value of more than {MaxValueLength} characters (Mapping:MaxValueLength) is shortened; it ends in the SHA-256 of the whole.");
        }

        if (losses.HasFlag(Losses.Credentials))
            sentences.Add("Credentials in a URL are left out.");
        if (losses.HasFlag(Losses.Gap))
            sentences.Add("Occurrences past retention were read by another mapping table, or within other limits; something of them may be missing here.");
        return sentences.Count == 0 ? null : string.Join(' ', sentences);
    }
}
