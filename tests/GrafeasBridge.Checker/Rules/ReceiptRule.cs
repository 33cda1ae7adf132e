using System.Security.Cryptography;
using GrafeasBridge.Checker.Mapping;
using GrafeasBridge.Checker.Reading;

namespace GrafeasBridge.Checker.Rules;

/// <summary>Receipts: name, content hash and signature fit, and sequences are unique and grow. Signatures are checked many at a time.</summary>
internal sealed class ReceiptRule(Keys? keys, Findings findings)
{
    private const int AtATime = 4096;

    private readonly Dictionary<long, string> bySequence = [];
    private readonly List<(string About, string KeyId, byte[] Text, string Signature, Place Place)> waiting = [];

    public void Check(Creation creation, SignedReceipt receipt, string name, Place place)
    {
        findings.Count("receipts");
        if (creation.Receipt == receipt)
            return;
        if (receipt.Occurrence != name)
            findings.Add(Rule.Wrong, name, $"Its receipt is for '{receipt.Occurrence}'.", place.ToString());
        CheckSequence(creation, receipt, place);
        CheckHash(creation, receipt, place);
        CheckSignature(receipt.Occurrence, receipt.KeyId, CountedLines.Of(receipt), receipt.Signature, place);
        creation.Receipt = receipt;
    }

    public void CheckSignature(string about, string keyId, byte[] text, string signature, Place place)
    {
        if (keys is null)
        {
            findings.Pass("signatures, because no keys were given");
            return;
        }

        waiting.Add((about, keyId, text, signature, place));
        if (waiting.Count >= AtATime)
            Finish();
    }

    /// <summary>Checks the signatures that still wait.</summary>
    public void Finish()
    {
        var problems = new string?[waiting.Count];
        Parallel.For(0, waiting.Count, i => problems[i] = keys!.Problem(waiting[i].KeyId, waiting[i].Text, waiting[i].Signature));
        for (var i = 0; i < problems.Length; i++)
        {
            if (problems[i] is { } problem)
                findings.Add(Rule.Wrong, waiting[i].About, $"What was signed for it is not good: {problem}.", waiting[i].Place.ToString());
        }

        findings.Count("signatures", waiting.Count);
        waiting.Clear();
    }

    private void CheckSequence(Creation creation, SignedReceipt receipt, Place place)
    {
        // Another key may have signed anew; what is said stays.
        if (creation.Receipt is { } former && former with { KeyId = receipt.KeyId, Signature = receipt.Signature } != receipt)
        {
            findings.Add(
                Rule.Wrong,
                receipt.Occurrence,
                "Two receipts for it differ.",
                $"{former.Occurrence}, {former.ContentHash}, {former.Sequence}, {former.CreateTime}: {creation.Told[0].Place}",
                $"{receipt.Occurrence}, {receipt.ContentHash}, {receipt.Sequence}, {receipt.CreateTime}: {place}");
        }

        if (!bySequence.TryAdd(receipt.Sequence, receipt.Occurrence) && bySequence[receipt.Sequence] != receipt.Occurrence)
            findings.Add(Rule.Wrong, receipt.Occurrence, $"Its sequence {receipt.Sequence} is also that of '{bySequence[receipt.Sequence]}'.", place.ToString());
        if (creation.Floor is { } floor && receipt.Sequence <= floor)
        {
            findings.Add(
                Rule.Wrong,
                receipt.Occurrence,
                $"Its sequence {receipt.Sequence} is not above {floor}, which its sender held before it sent this.",
                $"sent: {creation.First}",
                $"told: {place}");
        }
    }

    private void CheckHash(Creation creation, SignedReceipt receipt, Place place)
    {
        if (creation.Parts is not { } parts || Instant.Parse(receipt.CreateTime) is not { } created)
        {
            if (creation.Receipt is null)
                findings.Pass("content hashes of occurrences with fields that the checker does not know");
            return;
        }

        var hash = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(WireForm.Whole(parts, receipt.Occurrence, created)));
        findings.Count("contentHashes");
        if (hash != receipt.ContentHash)
            findings.Add(Rule.Wrong, receipt.Occurrence, "The content hash of its receipt is not that of what was sent.", $"expected {hash}", $"told {receipt.ContentHash}: {place}");
        creation.Parts = null;
    }
}
