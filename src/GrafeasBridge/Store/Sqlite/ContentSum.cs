using System.IO.Hashing;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// A sum over a stored message, kept beside it. SQLite notices damage to its own structures, not to what it was given to keep: a bit
/// that flips in a page of contents would be read as if it had been written so.
/// </summary>
internal static class ContentSum
{
    public static long Of(ReadOnlySpan<byte> content, ReadOnlySpan<byte> original) =>
        unchecked((long)XxHash3.HashToUInt64(original, (long)XxHash3.HashToUInt64(content)));
}
