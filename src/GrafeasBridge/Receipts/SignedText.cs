using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using GrafeasBridge.V1;

namespace GrafeasBridge.Receipts;

/// <summary>
/// The signed text, as receipts.proto defines it: lines with their lengths, so that no value can be read as two. Also compiled into
/// the command line, which checks what the service signs.
/// </summary>
internal static class SignedText
{
    public const string HashPrefix = "sha256:";

    public static byte[] Of(Receipt receipt) => Lines(
        "grafeasbridge.v1.Receipt",
        receipt.Occurrence,
        receipt.ContentHash,
        Number(receipt.Sequence),
        Time(receipt.CreateTime),
        receipt.KeyId);

    public static byte[] Of(DeliveryProof proof) => Lines(
        "grafeasbridge.v1.DeliveryProof",
        proof.Target,
        proof.Subject,
        proof.Repo,
        proof.Package,
        proof.Version,
        Number(proof.Revision),
        proof.ReadBackHash,
        Time(proof.VerifiedTime),
        proof.KeyId);

    /// <summary>Each value after the number of its UTF-8 bytes and a colon, with a line feed behind it.</summary>
    public static byte[] Lines(params ReadOnlySpan<string> values)
    {
        using var text = new MemoryStream();
        foreach (var value in values)
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            text.Write(Encoding.ASCII.GetBytes(Number(bytes.Length) + ":"));
            text.Write(bytes);
            text.WriteByte((byte)'\n');
        }

        return text.ToArray();
    }

    public static string Hash(ReadOnlySpan<byte> digest) => HashPrefix + Convert.ToHexStringLower(digest);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // A timestamp prints itself as protobuf JSON does, in quotes.
    private static string Time(Timestamp? time) => time is null ? string.Empty : time.ToString().Trim('"');
}
