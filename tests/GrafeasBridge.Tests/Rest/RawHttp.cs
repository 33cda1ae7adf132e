using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Rest;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Message => (string?)Json["message"];
}

/// <summary>Sends bytes that no client library would send.</summary>
internal static class RawHttp
{
    /// <param name="head">Request line and headers without Host, one a line.</param>
    public static Task<RawAnswer> SendAsync(Uri address, string head, string body = "") =>
        SendAsync(address, head, Encoding.UTF8.GetBytes(body));

    public static async Task<RawAnswer> SendAsync(Uri address, string head, ReadOnlyMemory<byte> body)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port, cancelled);
        var stream = client.GetStream();
        var request = head.ReplaceLineEndings("\r\n") + "\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancelled);
        await stream.WriteAsync(body, cancelled);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync(cancelled);
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"no answer to {head}: '{answer}'");
        var answered = answer[(end + 4)..];
        if (answer[..end].Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            answered = Joined(answered);
        return new RawAnswer(int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture), answer[..end], answered);
    }

    // Chunk lengths count bytes.
    private static string Joined(string chunks)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(chunks);
        var all = new List<byte>();
        while (true)
        {
            var line = rest.IndexOf("\r\n"u8);
            var length = int.Parse(Encoding.ASCII.GetString(rest[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
                return Encoding.UTF8.GetString([.. all]);
            all.AddRange(rest.Slice(line + 2, length));
            rest = rest[(line + 2 + length + 2)..];
        }
    }

    /// <summary>A POST of JSON with its length.</summary>
    public static Task<RawAnswer> PostAsync(Uri address, string path, ReadOnlyMemory<byte> body, string header = "Content-Type: application/json") =>
        SendAsync(address, $"POST {path} HTTP/1.1\n{header}\nContent-Length: {body.Length}", body);
}
