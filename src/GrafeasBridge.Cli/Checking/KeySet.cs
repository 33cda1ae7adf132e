using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.V1;

namespace GrafeasBridge.Cli.Checking;

/// <summary>Public keys by their id, from the service, a file or an address. An id that is not the key's own is refused.</summary>
internal sealed class KeySet
{
    public const int KeyLength = 32;

    private const int LargestAnswer = 4 * 1024 * 1024;

    // What stands before the 32 bytes in a SubjectPublicKeyInfo of Ed25519 (RFC 8410).
    private static readonly byte[] KeyInfo = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    private readonly Dictionary<string, byte[]> keys = new(StringComparer.Ordinal);

    public byte[]? Find(string id) => keys.GetValueOrDefault(id);

    public static async Task<KeySet> FetchAsync(Session session) =>
        Of(await session.QueryAsync(o => session.ReceiptBook.ListReceiptKeysAsync(new ListReceiptKeysRequest(), o)), "The service");

    /// <param name="place">A file, <c>-</c>, or the URL of the service's /receipts/keys.</param>
    public static async Task<KeySet> ReadAsync(string place, Session session)
    {
        var text = Encoding.UTF8.GetString(
            Uri.TryCreate(place, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? await DownloadAsync(url!, session)
                : (await InputText.ReadAsync(place, session.Token)).Span);
        // A key set may hold PEM too, in a text.
        if (!text.TrimStart().StartsWith('{') && text.Contains("-----BEGIN", StringComparison.Ordinal))
            return OfPem(text, place);
        try
        {
            return Of(ProtoJson.ParseTolerant<ReceiptKeys>(text), $"'{place}'");
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            throw CliException.BadInput($"'{place}' holds neither a JSON Web Key Set nor PEM: {e.Message}");
        }
    }

    private static KeySet Of(ReceiptKeys served, string who)
    {
        var set = new KeySet();
        foreach (var key in served.Keys.Where(k => k.Kty == "OKP" && k.Crv == "Ed25519"))
        {
            var open = new byte[KeyLength];
            var whole = Base64Url.IsValid(key.X, out var length) && length == KeyLength && Base64Url.DecodeFromChars(key.X, open) == KeyLength;
            if (!whole || IdOf(open) != key.Kid)
                throw CliException.BadInput($"{who} gives a key under the id '{key.Kid}', which is not the thumbprint of that key.");
            set.keys[key.Kid] = open;
        }

        return set.keys.Count > 0 ? set : throw CliException.BadInput($"{who} holds no Ed25519 key.");
    }

    private static KeySet OfPem(string text, string place)
    {
        var set = new KeySet();
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var info = Convert.FromBase64String(rest[fields.Base64Data].ToString());
            if (rest[fields.Label] is "PUBLIC KEY" && info.Length == KeyInfo.Length + KeyLength && info.AsSpan().StartsWith(KeyInfo))
                set.keys[IdOf(info[KeyInfo.Length..])] = info[KeyInfo.Length..];
            rest = rest[fields.Location.End..];
        }

        return set.keys.Count > 0 ? set : throw CliException.BadInput($"'{place}' holds no Ed25519 public key in PEM.");
    }

    private static async Task<byte[]> DownloadAsync(Uri url, Session session)
    {
        if (url.Scheme == "http" && !url.IsLoopback)
            throw CliException.BadInput($"Keys from {url} could be changed on the way. Take https, or a file that you got in a way that you trust.");
        using var http = new HttpClient { MaxResponseContentBufferSize = LargestAnswer };
        try
        {
            return await http.GetByteArrayAsync(url, session.Token);
        }
        catch (HttpRequestException e)
        {
            throw new CliException(e.StatusCode is null ? ExitCode.NotReachable : ExitCode.Refused, $"The keys cannot be had from {url}: {e.Message}");
        }
    }

    // RFC 7638, as the service makes its ids.
    private static string IdOf(byte[] open) => Base64Url.EncodeToString(
        SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{Base64Url.EncodeToString(open)}}"}""")));
}
