using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GrafeasBridge.Ingest.Archivista;

/// <summary>The id of bytes as git names a blob in a repository of SHA-256: the same bytes have the same id.</summary>
internal static class GitObjectId
{
    private const int Length = 64;

    public static byte[] Hash(ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")));
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }

    /// <summary>Lower-case hexadecimal.</summary>
    public static string Text(byte[] hash) => Convert.ToHexStringLower(hash);

    public static bool IsValid(string text) => text.Length == Length && text.All(char.IsAsciiHexDigitLower);
}
