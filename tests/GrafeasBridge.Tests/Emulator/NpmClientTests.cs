using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Clients;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Emulator;

/// <summary>The last Bintray client on npm, unchanged, works against the emulator.</summary>
[Needs(Need.Node)]
public sealed class NpmClientTests
{
    [Fact]
    public async Task The_npm_client_gets_what_the_service_gave_it()
    {
        await using var emulator = await EmulatorHarness.StartAsync();
        await emulator.PostAsync("/repos/acme/generic", "{}");
        var results = await RunAsync(emulator);

        Expect(results, "repositories", 200, """[{"name":"generic","owner":"acme"}]""");
        Expect(results, "repository", 200);
        Expect(results, "no licence", 400, """{"message":"Package for path 'acme/generic' was invalid. Package license is mandatory"}""");
        Expect(results, "create package", 201);
        Expect(results, "create package again", 409);
        Expect(results, "create docker-like package", 201);
        Expect(results, "packages", 200, """[{"name":"team:web","linked":false}]""");
        Expect(results, "update package", 200, """{"message":"success"}""");
        Assert.Equal("an application", Expect(results, "package", 200)!["desc"]!.GetValue<string>());
        Expect(results, "no latest version", 404, """{"message":"Version '_latest' was not found"}""");
        Expect(results, "create version", 201);
        Expect(results, "create version again", 409, """{"message":"Version 1.0 for path 'acme/generic/app' already exists"}""");
        Expect(results, "update version", 200, """{"message":"success"}""");
        Assert.Equal("changed", Expect(results, "latest version", 200)!["desc"]!.GetValue<string>());
        const string Set = """[{"name":"build.number","values":[41],"type":"number"},{"name":"ci.system","values":["drone","codefresh"],"type":"string"}]""";
        Expect(results, "set package attributes", 200, Set);
        Expect(results, "package attributes", 200, """[{"name":"build.number","values":[41],"type":"number"}]""");
        Expect(results, "set version attributes", 200, Set);
        var updated = Set.Replace("41", "42", StringComparison.Ordinal);
        Expect(results, "update version attributes", 200, updated);
        Expect(results, "version attributes", 200, updated);
        Expect(results, "version attributes without names", 200, "[]");
        Assert.Equal("1.0", Expect(results, "search versions", 200)![0]!["name"]!.GetValue<string>());
        Assert.Equal("app", Expect(results, "search packages by attribute", 200)![0]!["name"]!.GetValue<string>());
        Assert.Equal("app", Expect(results, "search packages", 200)![0]!["name"]!.GetValue<string>());
        Expect(results, "delete version attributes", 200, """{"message":"success"}""");
        Expect(results, "version attributes after", 200, "[]");
        Expect(results, "publish", 200, """{"files":0}""");
        Expect(results, "webhooks", 200, "[]");
        Expect(results, "all webhooks", 200, "[]");
        Assert.Equal(EmulatorHarness.User, Expect(results, "user", 200)!["name"]!.GetValue<string>());
        Expect(results, "delete version", 200, """{"message":"success"}""");
        Expect(results, "delete package", 200, """{"message":"success"}""");
        Expect(results, "package after", 404, """{"message":"Package 'app' was not found"}""");
        Assert.Empty(results);
    }

    // Takes the result out, so that none is left unlooked at.
    private static JsonNode? Expect(JsonObject results, string step, int code, string? data = null)
    {
        var result = results[step]!;
        results.Remove(step);
        Assert.Equal((step, code), (step, result["code"]!.GetValue<int>()));
        Assert.Equal((step, code < 300), (step, result["ok"]!.GetValue<bool>()));
        if (data is not null)
            Assert.Equal(data, result["data"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

        return result["data"];
    }

    private static async Task<JsonObject> RunAsync(EmulatorHarness emulator)
    {
        NeedsAttribute.Check(Need.Node);
        (var code, var output, var errors) = await NodeProgram.RunAsync(
            "bintray-npm", "calls.js", emulator.Url.GetLeftPart(UriPartial.Authority), EmulatorHarness.User, EmulatorHarness.Key);
        Assert.True(code == 0, $"node ended with {code}:\n{errors}");
        return JsonNode.Parse(output)!.AsObject();
    }
}
