using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace GrafeasBridge.Tests.Ingest;

/// <summary>The same methods over HTTP and JSON, and everything that JSON can get wrong.</summary>
public sealed class RestTests(KeyedIngestFixture fixture) : IClassFixture<KeyedIngestFixture>
{
    private const string Build = """{"resourceUri":"https://r.example/a:1","noteName":"NOTE","build":{"provenance":{"id":"b1"}}}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_life_of_a_note_and_its_occurrence_over_REST()
    {
        var note = await OkAsync(HttpMethod.Post, "/v1/projects/life/notes?noteId=n", """{"build":{"builderVersion":"1"}}""");
        Assert.Equal(("projects/life/notes/n", "BUILD"), ((string?)note["name"], (string?)note["kind"]));
        var created = await OkAsync(HttpMethod.Post, "/v1/projects/life/occurrences", Build.Replace("NOTE", "projects/life/notes/n", StringComparison.Ordinal));
        var name = (string)created["name"]!;
        Assert.Equal(created.ToJsonString(), (await OkAsync(HttpMethod.Get, $"/v1/{name}")).ToJsonString());
        Assert.Null(created["remediation"]);
        var updated = await OkAsync(HttpMethod.Patch, $"/v1/{name}?updateMask=remediation,build.provenance.projectId", """{"remediation":"r2","build":{"provenance":{"projectId":"ci"}}}""");
        Assert.Equal(("r2", "ci", "b1"), ((string?)updated["remediation"], (string?)updated["build"]!["provenance"]!["projectId"], (string?)updated["build"]!["provenance"]!["id"]));
        Assert.Single((JsonArray)(await OkAsync(HttpMethod.Get, "/v1/projects/life/occurrences?pageSize=5&alt=json"))["occurrences"]!);
        Assert.Single((JsonArray)(await OkAsync(HttpMethod.Get, "/v1/projects/life/notes/n/occurrences?page_size=5"))["occurrences"]!);
        Assert.Equal("projects/life/notes/n", (string?)(await OkAsync(HttpMethod.Get, $"/v1/{name}/notes"))["name"]);
        var batch = await OkAsync(HttpMethod.Post, "/v1/projects/life/occurrences:batchCreate", $$"""{"occurrences":[{{Build.Replace("NOTE", "projects/life/notes/n", StringComparison.Ordinal)}}]}""");
        Assert.Single((JsonArray)batch["occurrences"]!);
        var notes = await OkAsync(HttpMethod.Post, "/v1/projects/life/notes:batchCreate", """{"notes":{"m":{"build":{"builderVersion":"1"}}}}""");
        Assert.Equal("projects/life/notes/m", (string?)notes["notes"]![0]!["name"]);
        await OkAsync(HttpMethod.Delete, $"/v1/{name}");
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, $"/v1/{name}")).StatusCode);
        await OkAsync(HttpMethod.Post, "/v1/projects", """{"name":"projects/life"}""");
        Assert.Equal("projects/life", (string?)(await OkAsync(HttpMethod.Get, "/v1/projects/life"))["name"]);
    }

    [Theory]
    [InlineData("""{"bogus":1}""", "occurrence.bogus")]
    [InlineData("""{"build":{"provenance":{"ID":"x","commands":[{"name":"c","nmae":"d"}]}}}""", "occurrence.build.provenance.ID|occurrence.build.provenance.commands[0].nmae")]
    [InlineData("""{"build":{"provenance":{"sourceProvenance":{"fileHashes":{"f":{"x":1}}}}}}""", "occurrence.build.provenance.source_provenance.file_hashes[f].x")]
    [InlineData("""{"resourceUri":1,"kind":"NONSENSE","createTime":"yesterday","build":[]}""", "occurrence.resource_uri|occurrence.kind|occurrence.create_time|occurrence.build")]
    [InlineData("""{"resourceUri":"a","resource_uri":"b"}""", "occurrence.resource_uri")]
    [InlineData("""{"build":{},"discovery":{}}""", "occurrence.discovery")]
    [InlineData("""{"image":{"distance":1.5,"layerInfo":{},"fingerprint":{"v2Blob":[null]}}}""", "occurrence.image.distance|occurrence.image.layer_info|occurrence.image.fingerprint.v2_blob[0]")]
    [InlineData("""{"image":{"distance":3000000000}}""", "occurrence.image.distance")]
    [InlineData("""{"attestation":{"serializedPayload":"not base64!"}}""", "occurrence.attestation.serialized_payload")]
    [InlineData("""{"secret":{"data":{"value":"AQID"}}}""", "occurrence.secret.data")]
    [InlineData("""{"secret":{"data":{"@type":"type.googleapis.com/google.protobuf.Timestamp"}}}""", "occurrence.secret.data")]
    [InlineData("""{"secret":{"data":{"@type":"type.googleapis.com/grafeas.v1.RelatedUrl","urll":"x"}}}""", "occurrence.secret.data.urll")]
    [InlineData("[]", "occurrence")]
    [InlineData("", "occurrence")]
    [InlineData("null", "occurrence")]
    [InlineData("{", "")]
    [InlineData("""{"build":{},"build":{}}""", "")]
    [InlineData("{}", "occurrence.note_name|occurrence.resource_uri|occurrence.details")]
    public async Task What_is_wrong_with_a_body_is_told_by_its_path(string body, string fields)
    {
        var answer = await SendAsync(HttpMethod.Post, "/v1/projects/wrong/occurrences", body);
        Assert.Equal(fields, await FieldsAsync(answer));
    }

    [Fact]
    public async Task Too_deep_JSON_is_refused()
    {
        var deep = "{\"secret\":{\"data\":{\"@type\":\"x/y\",\"v\":" + new string('[', 100) + new string(']', 100) + "}}}";
        Assert.Equal(string.Empty, await FieldsAsync(await SendAsync(HttpMethod.Post, "/v1/projects/deep/occurrences", deep)));
    }

    [Theory]
    [InlineData("/v1/projects/q/notes?pagesize=1", "pagesize")]
    [InlineData("/v1/projects/q/notes?pageSize=abc", "pageSize")]
    [InlineData("/v1/projects/q/notes?pageSize=1&pageSize=2", "pageSize")]
    [InlineData("/v1/projects/q/notes?returnPartialSuccess=maybe", "returnPartialSuccess")]
    [InlineData("/v1/projects/q/notes?parent=projects/x", "parent")]
    [InlineData("/v1/projects/q/notes?filter=kind", "filter")]
    [InlineData("/v1/projects/q/notes?a=1&b=2", "a|b")]
    [InlineData("/v1/projects/q/locations/us/notes", "parent")]
    public async Task What_is_wrong_with_a_query_is_told_by_its_name(string path, string fields) =>
        Assert.Equal(fields, await FieldsAsync(await SendAsync(HttpMethod.Get, path)));

    [Fact]
    public async Task A_content_type_other_than_JSON_is_refused()
    {
        using var text = new StringContent("{}", Encoding.UTF8, "text/plain");
        Assert.Equal("content-type", await FieldsAsync(await fixture.Host.Rest.PostAsync("/v1/projects/p/occurrences", text, Cancelled)));
        using var utf16 = new StringContent("{}", Encoding.Unicode, "application/json");
        Assert.Equal("content-type", await FieldsAsync(await fixture.Host.Rest.PostAsync("/v1/projects/p/occurrences", utf16, Cancelled)));
        using var none = new ByteArrayContent([]);
        Assert.Equal("content-type", await FieldsAsync(await fixture.Host.Rest.PostAsync("/v1/projects/p/occurrences", none, Cancelled)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_refused_with_a_status(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/projects/p/occurrences")
        {
            Content = new StringContent($$"""{"remediation":"{{new string('x', 4 << 20)}}"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = chunked;
        var answer = await fixture.Host.Rest.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(8, (int?)(await JsonAsync(answer))["code"]);
    }

    [Fact]
    public async Task Unknown_paths_and_wrong_verbs_are_answered_with_a_status()
    {
        var unknown = await SendAsync(HttpMethod.Get, "/v1/nothing/here");
        Assert.Equal((HttpStatusCode.NotFound, 5), (unknown.StatusCode, (int?)(await JsonAsync(unknown))["code"]));
        var verb = await SendAsync(HttpMethod.Put, "/v1/projects/p/notes", "{}");
        Assert.Equal((HttpStatusCode.MethodNotAllowed, 12), (verb.StatusCode, (int?)(await JsonAsync(verb))["code"]));
        Assert.Contains("GET", (string?)(await JsonAsync(verb))["message"], StringComparison.Ordinal);
        var elsewhere = await SendAsync(HttpMethod.Get, "/favicon.ico");
        Assert.Equal((HttpStatusCode.NotFound, 5), (elsewhere.StatusCode, (int?)(await JsonAsync(elsewhere))["code"]));
    }

    [Fact]
    public async Task Statuses_become_HTTP_codes_with_their_details()
    {
        var missing = await SendAsync(HttpMethod.Get, "/v1/projects/p/notes/none");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("projects/p/notes/none", (string?)(await JsonAsync(missing))["details"]![0]!["resourceName"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await fixture.Host.GetAsync("/v1/projects/p/notes", "send@p")).StatusCode);
        await OkAsync(HttpMethod.Post, "/v1/projects/codes/notes?note_id=n", """{"build":{"builderVersion":"1"}}""");
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(HttpMethod.Post, "/v1/projects/codes/notes?note_id=n", """{"build":{"builderVersion":"1"}}""")).StatusCode);
    }

    [Fact]
    public async Task A_repeat_is_recognised_over_REST_too()
    {
        var body = Build.Replace("NOTE", await Samples.NoteAsync(fixture.Host, "repeat"), StringComparison.Ordinal);
        string? name = null;
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/projects/repeat/occurrences")
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
                Headers = { { "x-request-id", "run" } },
            };
            var answer = await fixture.Host.Rest.SendAsync(request, Cancelled);
            Assert.Equal(i == 1, answer.Headers.Contains("x-grafeasbridge-repeated"));
            var told = (string?)(await JsonAsync(answer))["name"];
            Assert.Equal(name ?? told, told);
            name = told;
        }
    }

    [Fact]
    public async Task Bytes_are_read_in_every_base64_that_protobuf_JSON_allows()
    {
        await OkAsync(HttpMethod.Post, "/v1/projects/b64/notes?noteId=n", """{"attestation":{}}""");
        foreach (var text in new[] { "+/+/AQ==", "-_-_AQ==", "-_-_AQ", "+/+/AQ" })
        {
            var created = await OkAsync(
                HttpMethod.Post, "/v1/projects/b64/occurrences", $$$"""{"resourceUri":"r","noteName":"projects/b64/notes/n","attestation":{"serializedPayload":"{{{text}}}"}}""");
            Assert.Equal("+/+/AQ==", (string?)created["attestation"]!["serializedPayload"]);
        }
    }

    [Fact]
    public async Task Numbers_enums_and_times_are_read_in_every_form_that_protobuf_JSON_allows()
    {
        await OkAsync(HttpMethod.Post, "/v1/projects/forms/notes?noteId=n", """{"build":{"builderVersion":"1"},"expirationTime":"2031-01-01T02:00:00.5+02:00"}""");
        var created = await OkAsync(HttpMethod.Post, "/v1/projects/forms/occurrences", """
            {"resource_uri":"r","noteName":"projects/forms/notes/n","kind":3,"remediation":null,
             "build":{"intotoProvenance":{"recipe":{"definedInMaterial":"-9007199254740993"}},"intotoStatement":{"_type":"t"}}}
            """);
        Assert.Equal("-9007199254740993", (string?)created["build"]!["intotoProvenance"]!["recipe"]!["definedInMaterial"]);
        Assert.Equal("t", (string?)created["build"]!["intotoStatement"]!["_type"]);
        Assert.Equal("2031-01-01T00:00:00.500Z", (string?)(await OkAsync(HttpMethod.Get, "/v1/projects/forms/notes/n"))["expirationTime"]);
        await OkAsync(HttpMethod.Post, "/v1/projects/forms/notes?noteId=d", """{"discovery":{"analysisKind":"VULNERABILITY"}}""");
        var discovery = await OkAsync(HttpMethod.Post, "/v1/projects/forms/occurrences", """
            {"resourceUri":"r","noteName":"projects/forms/notes/d","discovery":{"analysisStatus":"COMPLETE","analysisError":[{"code":3,"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R"}]}]}}
            """);
        Assert.Equal("FINISHED_SUCCESS", (string?)discovery["discovery"]!["analysisStatus"]);
        Assert.Equal("R", (string?)discovery["discovery"]!["analysisError"]![0]!["details"]![0]!["reason"]);
    }

    private Task<JsonNode> OkAsync(HttpMethod method, string path, string? body = null) => RestCalls.OkAsync(fixture.Host, method, path, body);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null) => RestCalls.SendAsync(fixture.Host, method, path, body);

    private static Task<JsonNode> JsonAsync(HttpResponseMessage answer) => RestCalls.JsonAsync(answer);

    private static async Task<string> FieldsAsync(HttpResponseMessage answer)
    {
        var status = await JsonAsync(answer);
        Assert.Equal((HttpStatusCode.BadRequest, 3), (answer.StatusCode, (int?)status["code"]));
        return string.Join('|', ((JsonArray)status["details"]![0]!["fieldViolations"]!).Select(violation => (string?)violation!["field"]));
    }
}
