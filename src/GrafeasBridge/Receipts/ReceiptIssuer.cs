using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Store;
using GrafeasBridge.V1;

namespace GrafeasBridge.Receipts;

/// <summary>Signs what the store says. Nothing is signed that is not on stable storage.</summary>
internal sealed class ReceiptIssuer(SigningKeyStore keys)
{
    /// <param name="created">As the store gave it back.</param>
    /// <param name="content">What is stored now.</param>
    /// <returns>Null when the first content is no longer known.</returns>
    public Receipt? Of(Creation created, byte[] content)
    {
        if ((created.ContentDigest ?? DigestOfUnchanged(content)) is not { } digest)
            return null;
        var receipt = new Receipt
        {
            Occurrence = created.Name,
            ContentHash = SignedText.Hash(digest),
            Sequence = created.Sequence,
            CreateTime = Timestamp.FromDateTimeOffset(created.Time),
        };
        (_, var signature) = keys.Sign(id =>
        {
            receipt.KeyId = id;
            return SignedText.Of(receipt);
        });
        receipt.Signature = UnsafeByteOperations.UnsafeWrap(signature);
        return receipt;
    }

    public DeliveryProof Of(string target, VersionCoordinates version, DeliveredVersion delivered)
    {
        var proof = new DeliveryProof
        {
            Target = target,
            Subject = version.Subject,
            Repo = version.Repo,
            Package = version.Package,
            Version = version.Version,
            Revision = delivered.Revision,
            ReadBackHash = SignedText.Hash(delivered.ReadBack.Digest),
            VerifiedTime = Timestamp.FromDateTimeOffset(delivered.Time),
            Attributes = { delivered.ReadBack.Names },
        };
        (_, var signature) = keys.Sign(id =>
        {
            proof.KeyId = id;
            return SignedText.Of(proof);
        });
        proof.Signature = UnsafeByteOperations.UnsafeWrap(signature);
        return proof;
    }

    // Occurrences that were stored before receipts existed have no digest. That of one that was never updated is computed from its
    // content, whose fields are not in canonical order.
    private static byte[]? DigestOfUnchanged(byte[] content)
    {
        var occurrence = Occurrence.Parser.ParseFrom(content);
        return occurrence.CreateTime is not null && occurrence.CreateTime.Equals(occurrence.UpdateTime) ? SHA256.HashData(occurrence.ToByteArray()) : null;
    }
}
