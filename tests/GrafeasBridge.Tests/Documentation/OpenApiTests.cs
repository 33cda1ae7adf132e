using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using Google.Api;
using Google.Protobuf.Reflection;
using GrafeasBridge.Tests.Access;
using GrafeasBridge.Tests.Support;
using Microsoft.OpenApi;

namespace GrafeasBridge.Tests.Documentation;

/// <summary>The OpenAPI document says what the services are, and a reader of OpenAPI finds nothing wrong with it.</summary>
public sealed class OpenApiTests(DocumentedBridge documented) : IClassFixture<DocumentedBridge>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_document_is_OpenAPI_without_an_error_or_a_warning()
    {
        var read = OpenApiDocument.Parse(await TextAsync(), "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
    }

    [Fact]
    public async Task Every_binding_without_a_location_is_an_operation_and_nothing_else_is()
    {
        var document = await JsonAsync();
        string[] told = [.. ((JsonObject)document["paths"]!).SelectMany(path => ((JsonObject)path.Value!).Select(verb => $"{verb.Key} {Blank(path.Key)}")).Order(StringComparer.Ordinal)];
        string[] real = [.. Rules().Select(Told).Where(binding => !binding.Contains("/locations/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.True(real.Length >= 24, $"only {real.Length} bindings were found");
        Assert.Equal(real, told);
    }

    [Fact]
    public async Task An_operation_tells_comment_parameters_body_and_answers()
    {
        var update = (await JsonAsync())["paths"]!["/v1/projects/{project}/notes/{note}"]!["patch"]!;
        Assert.Equal("grafeas.v1.Grafeas.UpdateNote", (string?)update["operationId"]);
        Assert.StartsWith("Changes one note", (string?)update["summary"], StringComparison.Ordinal);
        Assert.Equal(["project path", "note path", "updateMask query"], ((JsonArray)update["parameters"]!).Select(p => $"{p!["name"]} {p["in"]}"));
        Assert.Equal("#/components/schemas/grafeas.v1.Note", (string?)update["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal("#/components/schemas/grafeas.v1.Note", (string?)update["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal("#/components/schemas/google.rpc.Status", (string?)update["responses"]!["default"]!["content"]!["application/json"]!["schema"]!["$ref"]);
    }

    [Fact]
    public async Task A_body_that_is_the_whole_request_leaves_out_what_the_path_says()
    {
        var batch = (await JsonAsync())["paths"]!["/v1/projects/{project}/occurrences:batchCreate"]!["post"]!;
        var schema = batch["requestBody"]!["content"]!["application/json"]!["schema"]!;
        Assert.Equal(["occurrences"], ((JsonObject)schema["properties"]!).Select(property => property.Key));
        Assert.Single((JsonArray)batch["parameters"]!);
    }

    [Theory]
    [InlineData("grafeas.v1.Occurrence", "createTime", """{"type":"string","format":"date-time"}""")]
    [InlineData("grafeas.v1.Occurrence", "kind", """{"$ref":"#/components/schemas/grafeas.v1.NoteKind"}""")]
    [InlineData("grafeas.v1.AttestationOccurrence", "serializedPayload", """{"type":"string","format":"byte"}""")]
    [InlineData("grafeas.v1.InTotoStatement", "_type", """{"type":"string"}""")]
    [InlineData("grafeas.v1.Recipe", "definedInMaterial", """{"type":"string","format":"int64"}""")]
    [InlineData("grafeas.v1.ImageOccurrence", "layerInfo", """{"type":"array","items":{"$ref":"#/components/schemas/grafeas.v1.Layer"}}""")]
    [InlineData("grafeas.v1.BuildProvenance", "buildOptions", """{"type":"object","additionalProperties":{"type":"string"}}""")]
    [InlineData("grafeas.v1.ListNotesResponse", "nextPageToken", """{"type":"string"}""")]
    public async Task Fields_are_written_as_protobuf_JSON_writes_them(string type, string field, string schema)
    {
        var told = (JsonObject)(await JsonAsync())["components"]!["schemas"]![type]!["properties"]![field]!.DeepClone();
        foreach (var aside in new[] { "description", "readOnly" })
            told.Remove(aside);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(schema), told), told.ToJsonString());
    }

    [Fact]
    public async Task A_real_occurrence_fits_its_schema()
    {
        var schemas = (await JsonAsync())["components"]!["schemas"]!;
        await Query.BuildSamples.NoteAsync(documented.Host, "schema");
        await Query.BuildSamples.SendAsync(documented.Host, "schema", Query.BuildSamples.WithFacts("schema", "1"));
        var list = JsonNode.Parse(await documented.Host.Rest.GetStringAsync("/v1/projects/schema/occurrences", Cancelled))!;
        Assert.Single((JsonArray)list["occurrences"]!);
        Assert.Empty(Strays(list, schemas["grafeas.v1.ListOccurrencesResponse"]!, schemas, "$"));
        Assert.Equal(["$.nonsense"], Strays(JsonNode.Parse("""{"nonsense":1}""")!, schemas["grafeas.v1.ListOccurrencesResponse"]!, schemas, "$"));
    }

    [Fact]
    public async Task Nothing_is_served_unless_it_is_asked_for()
    {
        await using var silent = await BridgeHost.StartAsync();
        foreach (var path in new[] { "/openapi.json", "/docs", "/docs/index.html" })
            Assert.Equal(HttpStatusCode.NotFound, (await silent.Rest.GetAsync(path, Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Where_keys_are_asked_for_the_document_and_the_page_need_one()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("keys.json");
        await File.WriteAllTextAsync(file, Keys.Json("reader:read:somewhere"), Cancelled);
        await using var host = await BridgeHost.StartAsync("Rest:Documentation=true", $"Access:KeysFile={file}");
        foreach (var path in new[] { "/openapi.json", "/docs/index.html", "/docs/swagger-ui.css" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.Rest.GetAsync(path, Cancelled)).StatusCode);
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "x-api-key", Keys.Of("reader") } } };
            Assert.Equal(HttpStatusCode.OK, (await host.Rest.SendAsync(request, Cancelled)).StatusCode);
        }
    }

    private Task<string> TextAsync() => documented.Host.Rest.GetStringAsync("/openapi.json", Cancelled);

    private async Task<JsonNode> JsonAsync() => JsonNode.Parse(await TextAsync())!;

    // Members that the schema does not know, all the way down.
    private static IEnumerable<string> Strays(JsonNode json, JsonNode schema, JsonNode schemas, string path)
    {
        if ((string?)schema["$ref"] is { } reference)
            schema = schemas[reference.Split('/')[^1]]!;
        if (json is JsonArray list)
            return list.SelectMany((item, i) => Strays(item!, schema["items"]!, schemas, $"{path}[{i}]"));
        if (json is not JsonObject members)
            return [];
        return members.SelectMany(member =>
            (schema["properties"]?[member.Key] ?? (schema["additionalProperties"] as JsonObject)) is { } known
                ? Strays(member.Value!, known, schemas, $"{path}.{member.Key}")
                : [$"{path}.{member.Key}"]);
    }

    private static IEnumerable<HttpRule> Rules() => typeof(Program).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(type => type.GetProperty("Descriptor", BindingFlags.Static | BindingFlags.Public)?.GetValue(null))
        .OfType<FileDescriptor>()
        .SelectMany(file => file.Services)
        .SelectMany(service => service.Methods)
        .Select(method => method.GetOptions()?.GetExtension(AnnotationsExtensions.Http))
        .OfType<HttpRule>()
        .SelectMany(rule => rule.AdditionalBindings.Prepend(rule));

    private static string Told(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => "get " + Blank(rule.Get),
        HttpRule.PatternOneofCase.Post => "post " + Blank(rule.Post),
        HttpRule.PatternOneofCase.Patch => "patch " + Blank(rule.Patch),
        HttpRule.PatternOneofCase.Delete => "delete " + Blank(rule.Delete),
        _ => "put " + Blank(rule.Put),
    };

    // {name=projects/*} and projects/{project} are one: projects/*.
    private static string Blank(string pattern) => System.Text.RegularExpressions.Regex.Replace(
        pattern, @"\{[^=}]+(?:=(?<of>[^}]+))?\}", variable => variable.Groups["of"].Success ? variable.Groups["of"].Value : "*",
        System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
}

/// <summary>A service that shows its documentation.</summary>
public sealed class DocumentedBridge : IAsyncLifetime
{
    private BridgeHost? host;

    public BridgeHost Host => host ?? throw new InvalidOperationException("The service has not been started.");

    public async ValueTask InitializeAsync() => host = await BridgeHost.StartAsync("Rest:Documentation=true");

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
