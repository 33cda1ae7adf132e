using System.Text;
using System.Text.Json;
using Google.Protobuf;
using GrafeasBridge.Cli.Input;
using GrafeasBridge.Receipts;
using GrafeasBridge.V1;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace GrafeasBridge.Cli.Checking;

/// <summary>One receipt or proof of a file.</summary>
/// <param name="About">The occurrence, or target and version.</param>
/// <param name="Text">What was signed.</param>
internal sealed record SignedItem(string About, string KeyId, byte[] Text, byte[] Signature)
{
    /// <summary>What is wrong with it, in a sentence; null when it is good.</summary>
    public string? Problem(KeySet keys)
    {
        if (keys.Find(KeyId) is not { } key)
            return $"signed with the key '{KeyId}', which is not among the keys given.";
        var good = Signature.Length == Ed25519.SignatureSize && Ed25519.Verify(Signature, 0, key, 0, Text, 0, Text.Length);
        return good ? null : "the signature does not fit: something in it was changed, or the key did not sign it.";
    }
}

/// <summary>Reads receipts and proofs: JSON values one after the other, on a line each or spread over lines.</summary>
internal static class SignedFile
{
    public static async Task<IReadOnlyList<SignedItem>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var content = await InputText.ReadAsync(path, cancellationToken);
        var items = Read(content.Span, path);
        return items.Count > 0 ? items : throw CliException.BadInput($"'{path}' holds no receipt.");
    }

    private static List<SignedItem> Read(ReadOnlySpan<byte> content, string path)
    {
        var items = new List<SignedItem>();
        var reader = new Utf8JsonReader(content, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = 8 });
        try
        {
            while (reader.Read())
            {
                var start = reader.TokenStartIndex;
                reader.Skip();
                items.Add(Item(Encoding.UTF8.GetString(content[(int)start..(int)reader.BytesConsumed])));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidProtocolBufferException or InvalidJsonException)
        {
            throw CliException.BadInput($"'{path}': what stands after {items.Count} receipts is neither a receipt nor a proof. {e.Message}");
        }

        return items;
    }

    private static SignedItem Item(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException($"It is of kind {document.RootElement.ValueKind}.");
        if (document.RootElement.TryGetProperty("target", out _) || document.RootElement.TryGetProperty("readBackHash", out _))
        {
            var proof = ProtoJson.Parse<DeliveryProof>(json);
            var about = $"{proof.Target}/{proof.Subject}/{proof.Repo}/{proof.Package}/{proof.Version}";
            return new SignedItem(about, proof.KeyId, SignedText.Of(proof), proof.Signature.ToByteArray());
        }

        var receipt = ProtoJson.Parse<Receipt>(json);
        return new SignedItem(receipt.Occurrence, receipt.KeyId, SignedText.Of(receipt), receipt.Signature.ToByteArray());
    }
}
