using System.Text;
using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>Calls over HTTP and JSON.</summary>
internal static class RestCalls
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<JsonNode> OkAsync(IngestHost host, HttpMethod method, string path, string? body = null)
    {
        var answer = await SendAsync(host, method, path, body);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public static async Task<HttpResponseMessage> SendAsync(IngestHost host, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await host.Rest.SendAsync(request, Cancelled);
    }

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
}
