using System.Net.Sockets;
using System.Text;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>What real clients send and no manual allows, and what strangers try.</summary>
public sealed class OddClientTests
{
    private static readonly string Authorization = "Authorization: " + EmulatorHarness.Basic(EmulatorHarness.User, EmulatorHarness.Key) + "\r\n";

    [Fact]
    public async Task A_chunked_body_without_content_type_is_read()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var answer = await RawAsync(
            emulator,
            $"POST /packages/acme/containers HTTP/1.1\r\nHost: x\r\n{Authorization}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
            "7\r\n{\"name\"\r\n7\r\n:\"app\"}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 201 Created", answer, StringComparison.Ordinal);
        Assert.Contains("Transfer-Encoding: chunked", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_get_that_announces_an_empty_json_body_is_answered()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var answer = await RawAsync(
            emulator, $"GET {EmulatorHarness.Version} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//packages/acme/containers/team:web")]
    [InlineData("///packages/acme/containers/team%3Aweb")]
    [InlineData("/api/v1/packages/acme/containers/team:web")]
    [InlineData("//api/v1//packages/acme/containers/team%3aweb")]
    [InlineData("/packages/acme/containers/team:web/")]
    public async Task One_package_has_many_paths(string path)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal("team:web", (await emulator.GetAsync(path)).Json["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_name_with_an_encoded_slash_is_not_another_path()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal((404, "Package 'team:web%2Fversions' was not found"), Both(await emulator.GetAsync("/packages/acme/containers/team:web%2Fversions")));
        Assert.Equal(400, (await emulator.PostAsync("/repos/ac%2Fme/x", "{}")).Status);
        Assert.Equal(400, (await emulator.PostAsync("/packages/acme/containers", """{"name":"a/b"}""")).Status);
    }

    [Theory]
    [InlineData("PUT", "/packages/acme/containers/team:web")]
    [InlineData("GET", "/packages/acme/containers/team:web/versions")]
    [InlineData("BREW", "/repos/acme")]
    public async Task A_wrong_method_is_a_page_of_html_as_from_nginx(string method, string path)
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var reply = await emulator.SendAsync(method, path);
        Assert.Equal((405, "text/html"), (reply.Status, reply.ContentType));
        Assert.Contains("<h1>405 Not Allowed</h1>", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_a_413_in_json_with_a_length_or_chunked()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync(o => o.MaxBodyBytes = 1024);
        var large = $$"""[{"name":"a","values":["{{new string('x', 2000)}}"]}]""";
        var reply = await emulator.PostAsync(EmulatorHarness.Attributes, large);
        Assert.Equal((413, "The request body is too large"), Both(reply));
        var chunked = await RawAsync(
            emulator,
            $"PATCH {EmulatorHarness.Attributes} HTTP/1.1\r\nHost: x\r\n{Authorization}Transfer-Encoding: chunked\r\n\r\n{large.Length:x}\r\n{large}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413", chunked, StringComparison.Ordinal);
        Assert.Equal("[]", (await emulator.GetAsync(EmulatorHarness.Attributes)).Text);
    }

    [Theory]
    [InlineData(20_000)]
    public async Task Headers_over_the_limit_are_refused(int length)
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        var answer = await RawAsync(emulator, $"GET / HTTP/1.1\r\nHost: x\r\nX-Long: {new string('x', length)}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_not_taken_and_the_answer_says_why()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        var reply = await emulator.SendAsync("PUT", "/content/acme/containers/team:web/1.4.0/a/file.txt;publish=1", "x");
        Assert.Equal(501, reply.Status);
        Assert.Contains("keeps no files", reply.Message, StringComparison.Ordinal);
        Assert.Equal("[]", (await emulator.GetAsync(EmulatorHarness.Version + "/files")).Text);
    }

    [Fact]
    public async Task Publishing_and_webhooks_answer_as_recorded()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        Assert.Equal("""{"files":0}""", (await emulator.SendAsync("POST", "/content/acme/containers/team:web/1.4.0/publish")).Text);
        Assert.Equal((404, "Version '9' was not found"), Both(await emulator.PostAsync("/content/acme/containers/team:web/9/publish", "{}")));
        var hook = await emulator.PostAsync("/webhooks/acme/containers/team:web", """{"url":"https://example.com/%r/%p","method":"post"}""");
        Assert.Equal((201, "success"), Both(hook));
        Assert.Equal(("10", "9"), (hook.Header("X-Bintray-WebHookLimit-Limit"), hook.Header("X-Bintray-WebHookLimit-Remaining")));
        Assert.Equal("""[{"package":"team:web","url":"https://example.com/%r/%p","failure_count":"0"}]""", (await emulator.GetAsync("/webhooks/acme/containers")).Text);
        Assert.Equal((201, "success"), Both(await emulator.PostAsync("/webhooks/acme/containers/team:web/1.4.0", "{}")));
        Assert.Equal((200, "success"), Both(await emulator.DeleteAsync("/webhooks/acme/containers/team:web")));
        Assert.Equal("[]", (await emulator.GetAsync("/webhooks/acme/")).Text);
    }

    [Fact]
    public async Task The_eleventh_webhook_of_a_user_is_refused()
    {
        await using var emulator = await EmulatorHarness.StartWithVersionAsync();
        for (var i = 0; i < 11; i++)
        {
            await emulator.PostAsync("/packages/acme/containers", $$"""{"name":"p{{i}}"}""");
            var reply = await emulator.PostAsync($"/webhooks/acme/containers/p{i}", """{"url":"https://example.com"}""");
            Assert.Equal(i < 10 ? 201 : 403, reply.Status);
        }

        Assert.Equal(10, (await emulator.GetAsync("/webhooks/acme")).Json.AsArray().Count);
    }

    private static (int, string) Both(Reply reply) => (reply.Status, reply.Message);

    private static async Task<string> RawAsync(EmulatorHarness emulator, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", emulator.Url.Port, TestContext.Current.CancellationToken);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
