using System.Net;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Ingest;

namespace GrafeasBridge.Tests.V1Beta1;

/// <summary>v1beta1 over REST: as strict as v1.</summary>
public sealed class V1Beta1RestTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private const string Link = """
        {"resource":{"uri":"https://r.example/a"},"noteName":"projects/rest/notes/step",
         "intoto":{"signatures":[{"keyid":"k","sig":"s"}],"signed":{"command":["make"],"products":[{"resourceUri":"a","hashes":{"sha256":"00"}}]}}}
        """;

    private IngestHost Host => fixture.Host;

    [Fact]
    public async Task Every_method_answers_at_its_path()
    {
        await RestCalls.OkAsync(Host, HttpMethod.Post, "/v1beta1/projects", """{"name":"projects/rest"}""");
        Assert.Equal("projects/rest", (string?)(await RestCalls.OkAsync(Host, HttpMethod.Get, "/v1beta1/projects/rest"))["name"]);
        await RestCalls.OkAsync(Host, HttpMethod.Post, "/v1beta1/projects/rest/notes?noteId=step", """{"intoto":{"stepName":"s"}}""");
        var notes = await RestCalls.OkAsync(
            Host, HttpMethod.Post, "/v1beta1/projects/rest/notes:batchCreate", """{"notes":{"b":{"build":{"builderVersion":"1"}}}}""");
        Assert.Equal("projects/rest/notes/b", (string?)notes["notes"]![0]!["name"]);
        var link = await RestCalls.OkAsync(Host, HttpMethod.Post, "/v1beta1/projects/rest/occurrences", Link);
        var path = $"/v1beta1/{link["name"]}";
        Assert.Equal(("INTOTO", "k", "make"), ((string?)link["kind"], (string?)link["intoto"]!["signatures"]![0]!["keyid"], (string?)link["intoto"]!["signed"]!["command"]![0]));
        var batch = await RestCalls.OkAsync(Host, HttpMethod.Post, "/v1beta1/projects/rest/occurrences:batchCreate", $$"""{"occurrences":[{{Link}}]}""");
        Assert.Equal("INTOTO", (string?)batch["occurrences"]![0]!["kind"]);

        var changed = await RestCalls.OkAsync(Host, HttpMethod.Patch, path + "?updateMask=intoto.link.effectiveCommand", """{"intoto":{"signed":{"command":["ninja"]}}}""");
        Assert.Equal(("ninja", "a"), ((string?)changed["intoto"]!["signed"]!["command"]![0], (string?)changed["intoto"]!["signed"]!["products"]![0]!["resourceUri"]));
        Assert.True(JsonNode.DeepEquals(changed, await RestCalls.OkAsync(Host, HttpMethod.Get, path)));
        Assert.Equal("projects/rest/notes/step", (string?)(await RestCalls.OkAsync(Host, HttpMethod.Get, path + "/notes"))["name"]);
        Assert.Equal(2, (await RestCalls.OkAsync(Host, HttpMethod.Get, "/v1beta1/projects/rest/notes/step/occurrences"))["occurrences"]!.AsArray().Count);
        Assert.Equal("t", (string?)(await RestCalls.OkAsync(
            Host, HttpMethod.Patch, "/v1beta1/projects/rest/notes/step?updateMask=shortDescription", """{"shortDescription":"t"}"""))["shortDescription"]);
        Assert.Empty((await RestCalls.OkAsync(Host, HttpMethod.Get, "/v1beta1/projects/rest/occurrences:vulnerabilitySummary")).AsObject());
        foreach (var gone in new[] { path, "/v1beta1/projects/rest/notes/step", "/v1beta1/projects/rest" })
        {
            await RestCalls.OkAsync(Host, HttpMethod.Delete, gone);
            Assert.Equal(HttpStatusCode.NotFound, (await RestCalls.SendAsync(Host, HttpMethod.Get, gone)).StatusCode);
        }
    }

    [Theory]
    [InlineData("/v1beta1/projects/strict/occurrences", """{"resourceUri":"r"}""", "occurrence.resourceUri")]
    [InlineData("/v1beta1/projects/strict/occurrences", """{"intoto":{"link":{}},"build":{}}""", "occurrence.build")]
    [InlineData("/v1beta1/projects/strict/occurrences", """{"build":{"provenance":{"sourceProvenance":{"fileHashes":{"f":{"fileHash":[{"type":"MD5"}]}}}}}}""",
        "occurrence.build.provenance.source_provenance.file_hashes[f].file_hash[0].type")]
    [InlineData("/v1beta1/projects/strict/notes?noteID=n", """{"build":{}}""", "noteID")]
    [InlineData("/v1beta1/projects/strict/locations/l/occurrences", "{}", "parent")]
    public async Task What_this_version_does_not_know_is_refused_with_its_path(string path, string body, string field)
    {
        var answer = await RestCalls.SendAsync(Host, HttpMethod.Post, path, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var status = await RestCalls.JsonAsync(answer);
        Assert.Contains(status["details"]![0]!["fieldViolations"]!.AsArray(), violation => (string?)violation!["field"] == field);
    }

    [Fact]
    public async Task Data_of_an_unknown_type_survives_in_either_version()
    {
        await RestCalls.OkAsync(Host, HttpMethod.Post, "/v1beta1/projects/any/notes?noteId=s", """{"secret":{}}""");
        var sent = await RestCalls.OkAsync(Host, HttpMethod.Post, "/v1beta1/projects/any/occurrences",
            """{"resource":{"uri":"r"},"noteName":"projects/any/notes/s","secret":{"data":{"@type":"t/x.Unknown","a":1}}}""");
        var v1 = await RestCalls.OkAsync(Host, HttpMethod.Get, $"/v1/{sent["name"]}");
        var beta = await RestCalls.OkAsync(Host, HttpMethod.Get, $"/v1beta1/{sent["name"]}");
        Assert.Equal(1, (int?)sent["secret"]!["data"]!["value"]!["a"]);
        Assert.True(JsonNode.DeepEquals(sent["secret"], v1["secret"]));
        Assert.True(JsonNode.DeepEquals(sent["secret"], beta["secret"]));
    }
}
