using System.IO.Compression;
using System.Text;
using GrafeasBridge.Api.Rest;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GrafeasBridge.Tests.Rest;

/// <summary>Bodies as no client library would send them.</summary>
public sealed class BodyTests(BridgeFixture fixture) : IClassFixture<BridgeFixture>
{
    private const string Json = "Content-Type: application/json";

    private Uri Rest => fixture.Host.Rest.BaseAddress!;

    [Theory]
    [InlineData("GET /v1/projects", "ListProjects")]
    [InlineData("DELETE /v1/projects/p/notes/n", "DeleteNote")]
    public async Task A_body_where_none_is_taken_is_refused_with_a_length_and_in_chunks(string call, string method)
    {
        var told = await RawHttp.SendAsync(Rest, $"{call} HTTP/1.1\n{Json}\nContent-Length: 2", "{}");
        var chunked = await RawHttp.SendAsync(Rest, $"{call} HTTP/1.1\n{Json}\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n");
        Assert.Equal((400, 400), (told.Status, chunked.Status));
        Assert.Equal(($"{method} takes no body", $"{method} takes no body"), (told.Message, chunked.Message));
        Assert.Equal(200, (await RawHttp.SendAsync(Rest, "GET /v1/projects HTTP/1.1\nTransfer-Encoding: chunked", "0\r\n\r\n")).Status);
    }

    [Fact]
    public async Task A_packed_body_is_refused_not_misread()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write("""{"name":"projects/packed"}"""u8);
        var answer = await RawHttp.PostAsync(Rest, "/v1/projects", packed.ToArray(), $"{Json}\nContent-Encoding: gzip");
        Assert.Equal((400, "content-encoding is 'gzip'; send the body as it is"), (answer.Status, answer.Message));
        var plain = await RawHttp.PostAsync(Rest, "/v1/projects", """{"name":"projects/plain"}"""u8.ToArray(), $"{Json}\nContent-Encoding: identity");
        Assert.Equal(200, plain.Status);
    }

    [Theory]
    [InlineData("{\"name\":\"projects/\xff\"}", "The body is not UTF-8 (byte 19)")]
    [InlineData("\xef\xbb\xbf{}", "The body begins with a byte order mark; send plain UTF-8 without one")]
    [InlineData("{\"name\":\"\\ud800\"}", "The body holds half a character, a lone surrogate such as \\ud800 (byte 9)")]
    [InlineData("{\"\\udc00\":1}", "The body holds half a character, a lone surrogate such as \\ud800 (byte 2)")]
    [InlineData("{\"name\":\"projects/x\"} trailing", "The body is not JSON (line 1, byte 23)")]
    [InlineData("{\n\"name\": /* why */ \"projects/x\"}", "The body is not JSON (line 2, byte 9)")]
    [InlineData("{\"name\":\"projects/x\"", "The body is not JSON (line 1, byte 21)")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}", "The body names a field twice in one object")]
    [InlineData("{\"name\":\"a\",\"n\\u0061me\":\"b\"}", "The body names a field twice in one object")]
    [InlineData("{\"name\":NaN}", "The body is not JSON (line 1, byte 9)")]
    public async Task What_is_not_plain_JSON_is_refused_with_its_place(string latin, string sentence)
    {
        var answer = await RawHttp.PostAsync(Rest, "/v1/projects", Encoding.Latin1.GetBytes(latin));
        Assert.Equal((400, 3, sentence), (answer.Status, (int?)answer.Json["code"], answer.Message));
    }

    [Theory]
    [InlineData("X-Nothing: 1", "content-type is ''; send application/json")]
    [InlineData("Content-Type: text/plain\nContent-Type: application/json", "content-type is 'text/plain,application/json'; send application/json")]
    [InlineData("Content-Type: application/grpc", "content-type is 'application/grpc'; send application/json")]
    [InlineData("Content-Type: application/json; charset=latin1", "content-type asks for the charset 'latin1'; send utf-8")]
    public async Task A_body_of_another_kind_is_refused(string header, string sentence)
    {
        var answer = await RawHttp.PostAsync(Rest, "/v1/projects", "{}"u8.ToArray(), header);
        Assert.Equal((400, sentence), (answer.Status, answer.Message));
    }

    [Theory]
    [InlineData("""{"vulnerability":{"cvssScore":-1e40}}""", "note.vulnerability.cvss_score is out of range; it must be from -3.4028234663852886E+38 to 3.4028234663852886E+38")]
    [InlineData("""{"vulnerability":{"cvssScore":3.4028236e38}}""", "note.vulnerability.cvss_score is out of range; it must be from -3.4028234663852886E+38 to 3.4028234663852886E+38")]
    [InlineData("""{"vulnerability":{"cvssScore":"1e999"}}""", "note.vulnerability.cvss_score is out of range; it must be from -3.4028234663852886E+38 to 3.4028234663852886E+38")]
    [InlineData("""{"vulnerability":{"cvssScore":" 1 "}}""", "note.vulnerability.cvss_score must be a number")]
    [InlineData("""{"vulnerability":{"cvssScore":"Infinite"}}""", "note.vulnerability.cvss_score must be a number")]
    [InlineData("""{"vulnerability":{"cvssScore":true}}""", "note.vulnerability.cvss_score must be a number")]
    public async Task A_number_that_does_not_fit_its_field_is_refused_not_bent(string note, string sentence)
    {
        var answer = await RawHttp.PostAsync(Rest, "/v1/projects/numbers/notes?noteId=n", Encoding.UTF8.GetBytes(note));
        Assert.Equal((400, sentence), (answer.Status, answer.Message));
    }

    [Theory]
    [InlineData("7.5", "7.5")]
    [InlineData("\"7.5\"", "7.5")]
    [InlineData("\"+.5\"", "0.5")]
    [InlineData("1e1", "10")]
    [InlineData("3.4028234663852886E+38", "3.4028235E+38")]
    [InlineData("3.4028235E+38", "3.4028235E+38")]
    [InlineData("-3.4028235e38", "-3.4028235E+38")]
    [InlineData("\"NaN\"", "\"NaN\"")]
    public async Task Numbers_that_fit_are_kept(string sent, string kept)
    {
        var id = Uri.EscapeDataString(sent);
        var answer = await RawHttp.PostAsync(Rest, $"/v1/projects/numbers/notes?noteId={id}", Encoding.UTF8.GetBytes(
            "{\"vulnerability\":{\"cvssScore\":" + sent + ",\"details\":[{\"affectedCpeUri\":\"c\",\"affectedPackage\":\"p\"}]}}"));
        Assert.Equal(200, answer.Status);
        Assert.Equal(kept, answer.Json["vulnerability"]!["cvssScore"]!.ToJsonString());
    }

    [Fact]
    public async Task A_member_without_a_name_is_refused_before_it_spoils_every_list()
    {
        await Query.BuildSamples.NoteAsync(fixture.Host, "nameless");
        const string Body = """{"resourceUri":"r","noteName":"projects/nameless/notes/build","build":{"inTotoSlsaProvenanceV1":{"predicate":{"buildDefinition":{"externalParameters":{"a":[{"":1}]}}}}}}""";
        var answer = await RawHttp.PostAsync(Rest, "/v1/projects/nameless/occurrences", Encoding.UTF8.GetBytes(Body));
        Assert.Equal(400, answer.Status);
        Assert.EndsWith("fields holds a member without a name", answer.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await RawHttp.SendAsync(Rest, "GET /v1/projects/nameless/occurrences HTTP/1.1")).Status);
    }

    [Fact]
    public async Task A_mask_within_an_Any_is_a_mask()
    {
        const string Body = """{"resourceUri":"r","noteName":"projects/p/notes/s","secret":{"data":{"@type":"type.googleapis.com/google.protobuf.FieldMask","value":"a_b"}}}""";
        var answer = await RawHttp.PostAsync(Rest, "/v1/projects/p/occurrences", Encoding.UTF8.GetBytes(Body));
        Assert.Equal((400, "occurrence.secret.data is no mask such as remediation,build.provenance"), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task A_fault_before_any_service_is_answered_and_logged_once()
    {
        using var logs = new Support.TestLogs();
        logs.Expect(entry => entry.Event.Name == "StrayHttpException");
        using var factory = logs.Factory();
        var errors = new RestErrors(
            _ => throw new InvalidTimeZoneException("secret"), factory.CreateLogger<RestErrors>());
        var context = new DefaultHttpContext { Request = { Method = "GET", Path = "/v1/x" }, Response = { Body = new MemoryStream() } };
        await errors.InvokeAsync(context);
        var body = Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
        Assert.Equal(500, context.Response.StatusCode);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.Equal(13, (int?)System.Text.Json.Nodes.JsonNode.Parse(body)!["code"]);
        Assert.Single(logs.Entries, entry => entry.Event.Name == "StrayHttpException");
    }
}
