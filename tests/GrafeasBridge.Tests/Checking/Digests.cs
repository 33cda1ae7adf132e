using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Receipts;

namespace GrafeasBridge.Tests.Checking;

/// <summary>The digest of what was read back, as the page of receipts tells it.</summary>
internal static class Digests
{
    public static string Of(JsonArray attributes)
    {
        var text = new StringBuilder();
        foreach (var attribute in attributes.OrderBy(a => (string)a!["name"]!, StringComparer.Ordinal))
        {
            string[] values = [.. attribute!["values"]!.AsArray().Select(v => v!.GetValueKind() == JsonValueKind.String ? (string)v! : v.ToJsonString())];
            text.Append(Stranger.Line((string)attribute["name"]!)).Append(Stranger.Line((string)attribute["type"]!));
            text.Append(Stranger.Line(values.Length.ToString(CultureInfo.InvariantCulture)));
            foreach (var value in values.Order(StringComparer.Ordinal))
                text.Append(Stranger.Line(value));
        }

        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
