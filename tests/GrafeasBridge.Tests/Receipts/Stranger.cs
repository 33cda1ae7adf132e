using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using GrafeasBridge.Tests.Query;
using GrafeasBridge.Tests.Support;
using GrafeasBridge.V1;
using Grpc.Core;
using NSec.Cryptography;

namespace GrafeasBridge.Tests.Receipts;

/// <summary>
/// Somebody who knows the page of receipts and nothing of the code: makes the text that was signed of the JSON form, and checks it
/// with a key that was served.
/// </summary>
internal static class Stranger
{
    public static readonly string[] OfReceipt = ["occurrence", "contentHash", "sequence", "createTime", "keyId"];

    public static readonly string[] OfProof =
        ["target", "subject", "repo", "package", "version", "revision", "readBackHash", "verifiedTime", "keyId"];

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static bool Believes(Receipt receipt, ReceiptKeys keys) => Believes(Json(receipt), "grafeasbridge.v1.Receipt", OfReceipt, keys);

    public static bool Believes(DeliveryProof proof, ReceiptKeys keys) => Believes(Json(proof), "grafeasbridge.v1.DeliveryProof", OfProof, keys);

    public static string Line(string value) => $"{Encoding.UTF8.GetByteCount(value)}:{value}\n";

    public static string HashOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string HashOf(IMessage message) => HashOf(message.ToByteArray());

    public static async Task<ReceiptKeys> KeysAsync(BridgeHost host, Metadata? headers = null) =>
        await new ReceiptBook.ReceiptBookClient(host.Channel).ListReceiptKeysAsync(new ListReceiptKeysRequest(), headers, cancellationToken: Cancelled);

    public static async Task<Receipt> GetAsync(BridgeHost host, string name) =>
        await new ReceiptBook.ReceiptBookClient(host.Channel).GetReceiptAsync(new GetReceiptRequest { Name = name }, cancellationToken: Cancelled);

    public static async Task<ReceiptKey> RotateAsync(BridgeHost host, Metadata? headers = null) =>
        await new ReceiptBook.ReceiptBookClient(host.Channel).RotateReceiptKeyAsync(new RotateReceiptKeyRequest(), headers, cancellationToken: Cancelled);

    /// <summary>Sends a build and asks for a receipt with the reply.</summary>
    public static async Task<(Grafeas.V1.Occurrence Stored, Metadata Trailers)> SendAsync(
        BridgeHost host, Grafeas.V1.Occurrence? occurrence = null, string project = "ci", string? requestId = null, string wanted = "true")
    {
        var headers = new Metadata { { "x-grafeasbridge-receipt", wanted } };
        if (requestId is not null)
            headers.Add("x-request-id", requestId);
        using var call = new Grafeas.V1.Grafeas.GrafeasClient(host.Channel).CreateOccurrenceAsync(
            new Grafeas.V1.CreateOccurrenceRequest { Parent = "projects/" + project, Occurrence = occurrence ?? BuildSamples.Of(project, "1") },
            headers, cancellationToken: Cancelled);
        return (await call, call.GetTrailers());
    }

    public static Receipt[] Receipts(Metadata trailers) =>
        [.. trailers.GetAll("grafeasbridge-receipt-bin").Select(entry => Receipt.Parser.ParseFrom(entry.ValueBytes))];

    private static JsonObject Json(IMessage message) => JsonNode.Parse(JsonFormatter.Default.Format(message))!.AsObject();

    private static bool Believes(JsonObject json, string first, string[] fields, ReceiptKeys keys)
    {
        var text = new StringBuilder(Line(first));
        foreach (var field in fields)
            text.Append(Line((string?)json[field] ?? string.Empty));
        var served = keys.Keys.SingleOrDefault(key => key.Kid == (string?)json["keyId"]);
        return served is not null
            && SignatureAlgorithm.Ed25519.Verify(
                PublicKey.Import(SignatureAlgorithm.Ed25519, Encoding.ASCII.GetBytes(served.Pem), KeyBlobFormat.PkixPublicKeyText),
                Encoding.UTF8.GetBytes(text.ToString()),
                Convert.FromBase64String((string?)json["signature"] ?? string.Empty));
    }
}
