using System.IO.Hashing;

namespace GrafeasBridge.Store;

/// <summary>
/// A sum over a stored message, kept beside it. A database notices damage to its own structures, not to what it was given to keep: a bit
/// that flips in a page of contents would be read as if it had been written so.
/// </summary>
internal static class ContentSum
{
    public static long Of(ReadOnlySpan<byte> content, ReadOnlySpan<byte> original) =>
        unchecked((long)XxHash3.HashToUInt64(original, (long)XxHash3.HashToUInt64(content)));

    /// <param name="sum">As it was kept; null for what was stored before sums were.</param>
    /// <exception cref="StoreException">Damaged: it is not what was stored.</exception>
    public static StoredMessage Check(StoredMessage message, long? sum)
    {
        if (sum is { } kept && kept != Of(message.Content, message.Original))
            throw new StoreException(StoreFailure.Damaged, "A stored message is damaged: it is not what was stored. Restore the database from a backup.");
        return message;
    }
}
