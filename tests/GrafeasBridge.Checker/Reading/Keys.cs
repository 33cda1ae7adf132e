using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GrafeasBridge.Checker.Mapping;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace GrafeasBridge.Checker.Reading;

/// <summary>The service's public keys, by their thumbprints.</summary>
internal sealed class Keys
{
    private readonly Dictionary<string, byte[]> byId = new(StringComparer.Ordinal);

    public static Keys Of(ReadOnlyMemory<byte> json, string place)
    {
        var keys = new Keys();
        try
        {
            using var document = JsonDocument.Parse(json);
            if (Content.Get(document.RootElement, "keys") is not { ValueKind: JsonValueKind.Array } served)
                throw new JsonException("It has no array 'keys'.");
            foreach (var key in served.EnumerateArray().Where(k => Content.Text(k, "crv") == "Ed25519"))
                keys.Add(Content.Text(key, "kid"), Content.Text(key, "x"));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new BadInputException($"'{place}' is no set of keys: {e.Message}");
        }

        return keys.byId.Count > 0 ? keys : throw new BadInputException($"'{place}' holds no Ed25519 key.");
    }

    /// <summary>What is wrong with a signature, in a sentence; null when it is good.</summary>
    public string? Problem(string keyId, byte[] text, string signature)
    {
        if (!byId.TryGetValue(keyId, out var key))
            return $"it is signed with the key '{keyId}', which is not among those given";
        var bytes = new byte[Ed25519.SignatureSize];
        var isWhole = Convert.TryFromBase64String(signature, bytes, out var length) && length == bytes.Length;
        return isWhole && Ed25519.Verify(bytes, 0, key, 0, text, 0, text.Length) ? null : "the signature does not fit";
    }

    private void Add(string id, string open)
    {
        var key = Base64Url.DecodeFromChars(open);
        // RFC 7638: who has the key can tell that the id is its own.
        var thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{open}}"}""")));
        if (key.Length != Ed25519.PublicKeySize || thumbprint != id)
            throw new FormatException($"The key '{id}' is not the one that its id names.");
        byId[id] = key;
    }
}

/// <summary>What stands under signatures and digests: each value after the number of its UTF-8 bytes and a colon, a line feed behind it.</summary>
internal static class CountedLines
{
    public static byte[] Of(params ReadOnlySpan<string> values)
    {
        var text = new StringBuilder();
        foreach (var value in values)
            text.Append(Encoding.UTF8.GetByteCount(value)).Append(':').Append(value).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static byte[] Of(SignedReceipt receipt) => Of(
        "grafeasbridge.v1.Receipt", receipt.Occurrence, receipt.ContentHash, Number(receipt.Sequence), receipt.CreateTime, receipt.KeyId);

    public static byte[] Of(SignedProof proof) => Of(
        "grafeasbridge.v1.DeliveryProof",
        proof.Target,
        proof.Subject,
        proof.Repo,
        proof.Package,
        proof.Version,
        Number(proof.Revision),
        proof.ReadBackHash,
        proof.VerifiedTime,
        proof.KeyId);

    /// <summary>The digest of what a read-back saw: the named attributes in the order of their names' bytes. Null when one is not there.</summary>
    public static string? ReadBack(TargetVersion state, IEnumerable<string> attributes)
    {
        var lines = new List<string>();
        foreach (var name in attributes.Distinct().OrderBy(Encoding.UTF8.GetBytes, ByteOrder))
        {
            if (state.Attributes.GetValueOrDefault(name) is not { } held)
                return null;
            lines.AddRange([name, held.Type, Number(held.Values.Count), .. held.Values.OrderBy(Encoding.UTF8.GetBytes, ByteOrder)]);
        }

        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Of([.. lines])));
    }

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((one, other) => one.AsSpan().SequenceCompareTo(other));

    private static string Number(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
