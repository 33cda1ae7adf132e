using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using GrafeasBridge.Receipts;
using GrafeasBridge.V1;
using NSec.Cryptography;

namespace GrafeasBridge.Tests.Checking;

/// <summary>Signs receipts and proofs as the service does.</summary>
internal sealed class Signer : IDisposable
{
    private readonly Key key = Key.Create(SignatureAlgorithm.Ed25519);

    public Signer()
    {
        var open = Base64Url.EncodeToString(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
        var id = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{open}}"}""")));
        Id = id;
        Served = new JsonObject { ["keys"] = new JsonArray(new JsonObject { ["kid"] = id, ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = open }) };
    }

    public string Id { get; }

    /// <summary>As /receipts/keys answers.</summary>
    public JsonObject Served { get; }

    public Receipt Sign(Receipt receipt)
    {
        receipt.KeyId = Id;
        receipt.Signature = ByteString.CopyFrom(SignatureAlgorithm.Ed25519.Sign(key, SignedText.Of(receipt)));
        return receipt;
    }

    public DeliveryProof Sign(DeliveryProof proof)
    {
        proof.KeyId = Id;
        proof.Signature = ByteString.CopyFrom(SignatureAlgorithm.Ed25519.Sign(key, SignedText.Of(proof)));
        return proof;
    }

    public void Dispose() => key.Dispose();
}
