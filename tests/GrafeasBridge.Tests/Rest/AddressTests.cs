using System.Text.RegularExpressions;

namespace GrafeasBridge.Tests.Rest;

/// <summary>Paths, verbs and queries as no client library would send them: every refusal is a google.rpc.Status.</summary>
public sealed class AddressTests(BridgeFixture fixture) : IClassFixture<BridgeFixture>
{
    private Uri Rest => fixture.Host.Rest.BaseAddress!;

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/nothing")]
    [InlineData("/v2/projects")]
    [InlineData("//v1/projects/p/notes")]
    [InlineData("/v1//projects/p/notes")]
    [InlineData("/v1/projects//notes")]
    [InlineData("/v1/projects/p/notes/")]
    [InlineData("/V1/projects")]
    [InlineData("/v1/Projects/p/notes")]
    [InlineData("/v1/projects/p/Notes/n")]
    [InlineData("/v1/projects/p/notes/n/extra")]
    [InlineData("/favicon.ico")]
    public async Task Where_nothing_is_the_answer_says_so(string path)
    {
        var answer = await RawHttp.SendAsync(Rest, $"GET {path} HTTP/1.1");
        Assert.Equal((404, 5, $"There is nothing at GET {path}."), (answer.Status, (int?)answer.Json["code"], answer.Message));
    }

    [Theory]
    [InlineData("PUT", "/v1/projects", "GET, POST")]
    [InlineData("DELETE", "/v1/projects", "GET, POST")]
    [InlineData("OPTIONS", "/v1/projects", "GET, POST")]
    [InlineData("TRACE", "/v1/projects", "GET, POST")]
    [InlineData("BREW", "/v1/projects", "GET, POST")]
    [InlineData("POST", "/v1/projects/p/notes/n", "DELETE, GET, PATCH")]
    [InlineData("GET", "/v1/projects/p/notes:batchCreate", "POST")]
    [InlineData("GET", "/bridge/v1/explain", "POST")]
    [InlineData("POST", "/healthz", "GET")]
    public async Task A_wrong_verb_is_told_the_right_ones(string verb, string path, string right)
    {
        var answer = await RawHttp.SendAsync(Rest, $"{verb} {path} HTTP/1.1\nContent-Length: 0");
        Assert.Equal((405, 12, $"{path} does not take {verb}, but {right}."), (answer.Status, (int?)answer.Json["code"], answer.Message));
        Assert.Contains($"Allow: {right}", answer.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_is_refused_like_any_other_verb_and_has_no_body()
    {
        var answer = await RawHttp.SendAsync(Rest, "HEAD /v1/projects HTTP/1.1");
        Assert.Equal((405, string.Empty), (answer.Status, answer.Body));
        Assert.Contains("Allow: GET, POST", answer.Head, StringComparison.Ordinal);
        Assert.Matches(new Regex("Content-Length: [1-9]", RegexOptions.None, TimeSpan.FromSeconds(1)), answer.Head);
    }

    [Theory]
    [InlineData("/v1/projects/p%2Fq/notes", "path holds an encoded slash (%2F); in a path a package is written with colons, and no other name has a slash")]
    [InlineData("/v1/projects/p/notes/a%2fb", "path holds an encoded slash (%2F); in a path a package is written with colons, and no other name has a slash")]
    [InlineData("/v1/projects/p%zz/notes", "path holds '%zz', which is no percent-encoded byte")]
    [InlineData("/v1/projects/p/notes/n%4", "path holds '%4', which is no percent-encoded byte")]
    [InlineData("/v1/projects/p%ff/notes", "path is not UTF-8 once it is decoded")]
    [InlineData("/v1/projects/p%c3/notes", "path is not UTF-8 once it is decoded")]
    [InlineData("/v1/projects/p/notes?pageToken=%ff", "query is not UTF-8 once it is decoded")]
    [InlineData("/v1/projects/p/notes?pageToken=%", "query holds '%', which is no percent-encoded byte")]
    [InlineData("/v1/projects/p/notes?pageSize=1&page_size=2", "page_size is given in both spellings")]
    [InlineData("/v1/projects/p/notes?=1", "is no parameter of ListNotes")]
    public async Task An_address_that_means_nothing_certain_is_refused(string path, string sentence)
    {
        var answer = await RawHttp.SendAsync(Rest, $"GET {path} HTTP/1.1");
        Assert.Equal((400, 3, sentence), (answer.Status, (int?)answer.Json["code"], answer.Message));
        Assert.Single((System.Text.Json.Nodes.JsonArray)answer.Json["details"]![0]!["fieldViolations"]!);
    }

    [Theory]
    [InlineData("updateMask.paths=short_description", "updateMask.paths is no parameter of UpdateNote")]
    [InlineData("updateMask=shortDescription&update_mask=longDescription", "update_mask is given in both spellings")]
    [InlineData("updateMask=shortDescription&updateMask=longDescription", "updateMask is given more than once")]
    public async Task A_mask_is_one_text_given_once(string query, string sentence)
    {
        var answer = await RawHttp.SendAsync(
            Rest, $"PATCH /v1/projects/p/notes/n?{query} HTTP/1.1\nContent-Type: application/json\nContent-Length: 2", "{}");
        Assert.Equal((400, sentence), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task Every_name_that_gRPC_can_store_has_an_address()
    {
        foreach (var id in new[] { "a%2Fb", "a b", "ü€😀", "a?b#c", "a%zz", "n:batchCreate", "a+b&c=d", "..." })
        {
            var path = $"/v1/projects/addresses/notes/{Uri.EscapeDataString(id)}";
            var created = await RawHttp.PostAsync(
                Rest, $"/v1/projects/addresses/notes?noteId={Uri.EscapeDataString(id)}", """{"build":{"builderVersion":"1"}}"""u8.ToArray());
            Assert.Equal($"projects/addresses/notes/{id}", (string?)created.Json["name"]);
            Assert.Equal($"projects/addresses/notes/{id}", (string?)(await RawHttp.SendAsync(Rest, $"GET {path} HTTP/1.1")).Json["name"]);
        }
    }

    [Theory]
    [InlineData("application/json", 415, "/grafeas.v1.Grafeas/GetNote takes gRPC only, content type application/grpc.")]
    [InlineData("application/grpc", 426, "/grafeas.v1.Grafeas/GetNote takes gRPC, which needs HTTP/2.")]
    public async Task A_gRPC_path_called_over_REST_says_what_it_takes(string contentType, int status, string sentence)
    {
        var answer = await RawHttp.PostAsync(Rest, "/grafeas.v1.Grafeas/GetNote", "{}"u8.ToArray(), $"Content-Type: {contentType}");
        Assert.Equal((status, sentence), (answer.Status, answer.Message));
    }
}
