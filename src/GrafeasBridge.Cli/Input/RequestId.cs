using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grafeas.V1;

namespace GrafeasBridge.Cli.Input;

/// <summary>
/// The identity of a request, derived from what it says: the same build sent by a re-run job gets the same id, and the
/// service answers with the occurrence that it already holds.
/// </summary>
internal static class RequestId
{
    /// <returns>sha256- and 64 hex digits, over the parent and the occurrence in canonical JSON.</returns>
    public static string Derive(string parent, Occurrence occurrence)
    {
        var sent = occurrence.Clone();
        // The service decides these; a file that was read back from it still is the same request.
        (sent.Name, sent.Kind, sent.CreateTime, sent.UpdateTime) = ("", NoteKind.Unspecified, null, null);

        using var document = JsonDocument.Parse(ProtoJson.Format(sent), new JsonDocumentOptions { MaxDepth = 1000 });
        var canonical = new ArrayBufferWriter<byte>();
        canonical.Write(Encoding.UTF8.GetBytes(parent + "\n"));
        using (var writer = new Utf8JsonWriter(canonical, new JsonWriterOptions { MaxDepth = 1000 }))
            Write(document.RootElement, writer);

        return "sha256-" + Convert.ToHexStringLower(SHA256.HashData(canonical.WrittenSpan));
    }

    /// <summary>Members in ordinal order: a map has none of its own.</summary>
    private static void Write(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var element in value.EnumerateArray())
                    Write(element, writer);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
