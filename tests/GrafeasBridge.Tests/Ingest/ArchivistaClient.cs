using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>
/// The exchange of Archivista's own client: joins <c>upload</c> and <c>download</c> to the URL that it was given, whose user
/// information becomes Basic authentication.
/// </summary>
internal sealed class ArchivistaClient(HttpClient http, string url)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task<string> StoreAsync(byte[] envelope)
    {
        using var answer = await SendAsync(HttpMethod.Post, "upload", envelope);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {text}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        return (string)Assert.Single(JsonNode.Parse(text)!.AsObject()).Value!;
    }

    public async Task<byte[]> DownloadAsync(string gitoid)
    {
        using var answer = await SendAsync(HttpMethod.Get, "download/" + gitoid);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(Cancelled);
    }

    /// <returns>The sentence of a refusal.</returns>
    public async Task<string> RefusedAsync(HttpStatusCode status, HttpMethod method, string path, byte[]? body = null)
    {
        using var answer = await SendAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        return text.TrimEnd('\n');
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body = null)
    {
        var address = new Uri(url.TrimEnd('/') + "/" + path);
        using var request = new HttpRequestMessage(method, new UriBuilder(address) { UserName = "", Password = "" }.Uri);
        if (address.UserInfo.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(address.UserInfo)));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return await http.SendAsync(request, Cancelled);
    }
}
