using System.Buffers.Text;
using System.Text.Json;
using Google.Protobuf;
using Grafeas.V1;
using GrafeasBridge.Api;

namespace GrafeasBridge.Ingest.Archivista;

/// <summary>
/// Reads a DSSE envelope from JSON. Pure, and never throws, whatever the bytes. Members that the schema lacks (certificate,
/// intermediates, timestamps) are passed over: the upload keeps them.
/// </summary>
internal static class DsseEnvelopeReader
{
    /// <summary>The media type of a payload that is an in-toto statement.</summary>
    public const string InToto = "application/vnd.in-toto+json";

    public static Reading<Envelope> Read(ReadOnlyMemory<byte> json)
    {
        Checker check = default;
        using var document = JsonTree.Parse(ref check, json, "The body");
        if (document is null)
            return Reading<Envelope>.Of(ref check, null);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            check.Add(string.Empty, "The body must be a DSSE envelope: an object with payload, payloadType and signatures");
            return Reading<Envelope>.Of(ref check, null);
        }

        var envelope = new Envelope
        {
            Payload = Bytes(ref check, document.RootElement, "payload"),
            PayloadType = PayloadType(ref check, document.RootElement),
        };
        AddSignatures(ref check, document.RootElement, envelope);
        return Reading<Envelope>.Of(ref check, envelope);
    }

    private static string PayloadType(ref Checker check, JsonElement json)
    {
        var type = JsonTree.Text(ref check, json, "payloadType", required: true);
        if (type is not null && type != InToto)
            check.Add("payloadType", $"is '{QuotedText.Shorten(type)}'; only {InToto} is understood");
        return type ?? string.Empty;
    }

    private static void AddSignatures(ref Checker check, JsonElement json, Envelope envelope)
    {
        const string Field = "signatures";
        if (JsonTree.Member(json, Field) is not { } list)
        {
            check.AtLeastOne(0, Field);
            return;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            check.Add(Field, "must be a list");
            return;
        }

        check.AtLeastOne(list.GetArrayLength(), Field);
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            check.Enter(Field, index++);
            if (item.ValueKind == JsonValueKind.Object)
                envelope.Signatures.Add(Signature(ref check, item));
            else
                check.Add(string.Empty, "must be an object with sig");
            check.Leave();
        }
    }

    private static EnvelopeSignature Signature(ref Checker check, JsonElement json) => new()
    {
        Sig = Bytes(ref check, json, "sig"),
        Keyid = JsonTree.Text(ref check, json, "keyid", required: false) ?? string.Empty,
    };

    // DSSE lets its writers choose between the standard and the URL-safe alphabet.
    private static ByteString Bytes(ref Checker check, JsonElement json, string field)
    {
        if (JsonTree.Text(ref check, json, field, required: true) is not { } text)
            return ByteString.Empty;
        if (text.Length == 0)
            check.Add(field, "is required");
        else if (Base64.IsValid(text))
            return ByteString.FromBase64(text);
        else if (Base64Url.IsValid(text))
            return ByteString.CopyFrom(Base64Url.DecodeFromChars(text));
        else
            check.Add(field, "is not base64");
        return ByteString.Empty;
    }
}
