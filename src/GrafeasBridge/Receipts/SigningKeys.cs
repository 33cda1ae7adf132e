using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.Store;
using GrafeasBridge.V1;
using NSec.Cryptography;

namespace GrafeasBridge.Receipts;

/// <summary>Making, reading and naming Ed25519 keys.</summary>
internal static class SigningKeys
{
    private const long LargestFile = 16 * 1024;

    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Ed25519;

    public static StoredKey New(DateTimeOffset now)
    {
        using var key = Key.Create(Algorithm, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
        var open = PublicOf(key);
        return new StoredKey(IdOf(open), now, open, key.Export(KeyBlobFormat.RawPrivateKey));
    }

    public static Key FromStore(byte[] secret) => Key.Import(Algorithm, secret, KeyBlobFormat.RawPrivateKey);

    /// <exception cref="FormatException">It holds no such key. The message does not reveal the content.</exception>
    public static Key FromFile(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > LargestFile } file)
            throw new FormatException($"has {file.Length} bytes; at most {LargestFile} are allowed.");
        var pem = File.ReadAllBytes(path);
        try
        {
            return Key.TryImport(Algorithm, pem, KeyBlobFormat.PkixPrivateKeyText, out var key)
                ? key!
                : throw new FormatException("holds no Ed25519 private key in PEM (PKCS #8). Make one: openssl genpkey -algorithm ed25519");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    public static byte[] PublicOf(Key key) => key.PublicKey.Export(KeyBlobFormat.RawPublicKey);

    public static byte[] Sign(Key key, byte[] text) => Algorithm.Sign(key, text);

    /// <summary>RFC 7638: the hash of the public key as a JSON Web Key in its one spelling.</summary>
    public static string IdOf(byte[] open) => Base64Url.EncodeToString(
        SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{Base64Url.EncodeToString(open)}}"}""")));

    /// <summary>The public part as it is served.</summary>
    public static ReceiptKey Served(StoredKey key) => new()
    {
        Kid = key.Id,
        Kty = "OKP",
        Crv = "Ed25519",
        X = Base64Url.EncodeToString(key.PublicKey),
        Alg = "EdDSA",
        Use = "sig",
        Pem = Pem(key.PublicKey),
        CreateTime = Timestamp.FromDateTimeOffset(key.CreateTime),
    };

    private static string Pem(byte[] open) => Encoding.ASCII.GetString(
        PublicKey.Import(Algorithm, open, KeyBlobFormat.RawPublicKey).Export(KeyBlobFormat.PkixPublicKeyText));
}
