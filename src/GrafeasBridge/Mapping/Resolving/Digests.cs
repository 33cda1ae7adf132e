namespace GrafeasBridge.Mapping.Resolving;

/// <summary>Digests as <c>algorithm:value</c>, in the one form in which they are compared and kept.</summary>
internal static class Digests
{
    private const int MaxLength = 512;

    /// <summary>Which of several digests of one thing names it: the first of these that is there, else the first by name.</summary>
    private static readonly string[] Preferred = ["sha256", "sha512", "sha384", "sha1"];

    private static readonly string[] Known = [.. Preferred, "sha224", "md5", "blake2b", "blake3"];

    /// <returns>
    /// Algorithm in lower case; hexadecimal values too, others (base64, or a placeholder as in <c>sha256:foo</c>) as they are.
    /// Null when the text is no digest.
    /// </returns>
    public static string? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : Join(text[..colon], text[(colon + 1)..]);
    }

    /// <summary>Like <see cref="Parse"/>, and knows bare hexadecimal by its length.</summary>
    public static string? FromChecksum(string text)
    {
        var algorithm = text.Length switch { 32 => "md5", 40 => "sha1", 64 => "sha256", 96 => "sha384", 128 => "sha512", _ => null };
        return algorithm is not null && IsHex(text) ? Join(algorithm, text) : Parse(text);
    }

    /// <summary>The digest of an in-toto subject.</summary>
    public static string? Best(IEnumerable<KeyValuePair<string, string>> digests) =>
        digests
            .OrderBy(d => Array.IndexOf(Preferred, d.Key) is >= 0 and var place ? place : Preferred.Length)
            .ThenBy(d => d.Key, StringComparer.Ordinal)
            .Select(d => Join(d.Key, d.Value))
            .FirstOrDefault(d => d is not null);

    public static string? Join(string algorithm, string value)
    {
        if (algorithm.Length == 0 || value.Length == 0 || algorithm.Length + value.Length >= MaxLength)
            return null;
        if (!algorithm.All(IsAlgorithmCharacter) || !value.All(IsValueCharacter))
            return null;
        return $"{Lower(algorithm)}:{(IsHex(value) ? Lower(value) : value)}";
    }

    /// <summary>Tells a digest from what only looks like one, such as the end of <c>git@host:path</c>.</summary>
    public static bool HasKnownAlgorithm(string digest) =>
        Array.Exists(Known, algorithm => digest.StartsWith(algorithm + ":", StringComparison.Ordinal));

    /// <summary>A commit id that is not shortened: SHA-1 or SHA-256 in hexadecimal.</summary>
    public static bool IsWholeCommit(string text) => text.Length is 40 or 64 && IsHex(text);

    public static string Lower(string text) => text.ToLowerInvariant();

    private static bool IsHex(string text) => text.Length > 0 && text.All(char.IsAsciiHexDigit);

    private static bool IsAlgorithmCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '.' or '-';

    private static bool IsValueCharacter(char c) => IsAlgorithmCharacter(c) || c is '/' or '=';
}
