using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using GrafeasBridge.Store;

namespace GrafeasBridge.Api;

/// <summary>
/// Where a list goes on. A token is the last sequence handed out, signed with a secret that every instance on the same
/// database shares: any of them accepts it and nobody can make one. It holds for its method, parent and filter only; the page
/// size may change from page to page.
/// </summary>
internal sealed class PageTokens(IBridgeStore store)
{
    private const string Field = "page_token";
    private const byte Version = 1;
    private const int PayloadLength = 1 + sizeof(long);
    private const int SignatureLength = 16;
    private const int Length = PayloadLength + SignatureLength;
    private static readonly int TextLength = Base64Url.GetEncodedLength(Length);

    // Read once. Two calls that read it at the same time read the same.
    private byte[]? secret;

    /// <returns>The sequence after which to go on; 0 for an empty token.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for a token that this service did not make for this list.</exception>
    public async ValueTask<long> ReadAsync(string token, string list, CancellationToken cancellationToken)
    {
        if (token.Length == 0)
            return 0;
        var key = secret ??= await store.SharedSecretAsync("page-token", cancellationToken);
        return Open(token, list, key) ?? throw Errors.Invalid(
            Field, "is none that this list has given out; leave it empty to start at the first page");
    }

    /// <returns>Empty when nothing follows, which is when <paramref name="last"/> is null.</returns>
    public async ValueTask<string> WriteAsync(long? last, string list, CancellationToken cancellationToken)
    {
        if (last is null)
            return string.Empty;
        var key = secret ??= await store.SharedSecretAsync("page-token", cancellationToken);
        return Seal(last.Value, list, key);
    }

    /// <summary>Names a list: what a token is good for.</summary>
    public static string List(string method, string parent, string filter) =>
        // Lengths keep ("a", "bc") and ("ab", "c") apart.
        $"{method}\n{parent.Length}:{parent}\n{filter.Length}:{filter}";

    private static string Seal(long sequence, string list, byte[] key)
    {
        Span<byte> token = stackalloc byte[Length];
        token[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(token[1..], sequence);
        Sign(token[..PayloadLength], list, key, token[PayloadLength..]);
        return Base64Url.EncodeToString(token);
    }

    private static long? Open(string token, string list, byte[] key)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Span<byte> expected = stackalloc byte[SignatureLength];
        if (token.Length != TextLength || !Base64Url.IsValid(token))
            return null;
        if (!Base64Url.TryDecodeFromChars(token, bytes, out var written) || written != Length || bytes[0] != Version)
            return null;
        Sign(bytes[..PayloadLength], list, key, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[PayloadLength..]))
            return null;
        var sequence = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        return sequence < 0 ? null : sequence;
    }

    private static void Sign(ReadOnlySpan<byte> payload, string list, byte[] key, Span<byte> signature)
    {
        var signed = new byte[payload.Length + Encoding.UTF8.GetByteCount(list)];
        payload.CopyTo(signed);
        Encoding.UTF8.GetBytes(list, signed.AsSpan(payload.Length));
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, whole);
        whole[..SignatureLength].CopyTo(signature);
    }
}
