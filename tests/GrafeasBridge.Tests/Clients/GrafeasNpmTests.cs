using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Clients;

/// <summary>Google's own Grafeas client for Node.js, unchanged, makes every call that it has.</summary>
[Needs(Need.Node)]
public sealed class GrafeasNpmTests
{
    private const string Parent = "projects/npm";

    [Fact]
    public async Task Googles_client_gets_what_the_schema_promises_from_every_method()
    {
        await using var host = await BridgeHost.StartAsync();
        (var code, var output, var errors) = await NodeProgram.RunAsync(
            "grafeas-npm", "calls.js", host.GrpcUri.Host, host.GrpcUri.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "npm");
        Assert.True(code == 0, $"calls.js ended with {code}:\n{errors}");
        var results = JsonNode.Parse(output)!.AsObject();

        var note = Answer(results, "create note");
        Assert.Equal(($"{Parent}/notes/build", "BUILD", "1"), ((string?)note["name"], (string?)note["kind"], (string?)note["build"]!["builderVersion"]));
        Refused(results, "create note again", "ALREADY_EXISTS");
        Assert.Equal(Notes("a", "b", "c", "d", "e"), Names(Answer(results, "batch create notes")["notes"]!).Order());
        Assert.Equal(note.ToJsonString(), Answer(results, "get note").ToJsonString());
        Refused(results, "get missing note", "NOT_FOUND");
        Refused(results, "get malformed note", "INVALID_ARGUMENT");
        Assert.Equal(Notes("a", "b", "build", "c", "d", "e"), Names(Answer(results, "list notes by pages of two")).Order());
        Assert.Equal(6, Names(Answer(results, "list notes all at once")).Length);
        var updated = Answer(results, "update note");
        Assert.Equal(("short", "", "1"), ((string?)updated["shortDescription"], (string?)updated["longDescription"], (string?)updated["build"]!["builderVersion"]));

        var created = Answer(results, "create occurrence");
        Assert.StartsWith($"{Parent}/occurrences/", (string?)created["name"], StringComparison.Ordinal);
        Assert.Equal(("BUILD", "b-1.0"), ((string?)created["kind"], (string?)created["build"]!["provenance"]!["id"]));
        string[] uris = [.. ((JsonArray)Answer(results, "batch create occurrences")["occurrences"]!).Select(one => (string)one!["resourceUri"]!)];
        Assert.Equal(["1.1", "1.2", "1.3", "1.4"], uris.Select(uri => uri.Split(':')[^1]));
        Refused(results, "create invalid occurrence", "INVALID_ARGUMENT");
        Assert.Equal(created.ToJsonString(), Answer(results, "get occurrence").ToJsonString());
        Assert.Equal(5, Names(Answer(results, "list occurrences by pages of two")).Distinct().Count());
        var found = Assert.Single((JsonArray)Answer(results, "list occurrences by filter"))!;
        Assert.Equal("b-1.2", (string?)found["build"]!["provenance"]!["id"]);
        Refused(results, "list occurrences by wrong filter", "INVALID_ARGUMENT");
        var changed = Answer(results, "update occurrence");
        Assert.Equal(("none needed", "b-1.0"), ((string?)changed["remediation"], (string?)changed["build"]!["provenance"]!["id"]));
        Assert.Equal($"{Parent}/notes/build", (string?)Answer(results, "get occurrence note")["name"]);
        Assert.Equal(5, Names(Answer(results, "list note occurrences by pages of two")).Distinct().Count());
        Assert.Equal("{}", Answer(results, "delete occurrence").ToJsonString());
        Refused(results, "get deleted occurrence", "NOT_FOUND");
        Assert.Equal("{}", Answer(results, "delete note").ToJsonString());
        Refused(results, "delete note again", "NOT_FOUND");
        Assert.Empty(results);
    }

    // Takes the result out, so that none is left unlooked at.
    private static JsonNode Take(JsonObject results, string step)
    {
        var result = results[step] ?? throw new InvalidOperationException($"There is no step '{step}'.");
        results.Remove(step);
        return result;
    }

    private static JsonNode Answer(JsonObject results, string step)
    {
        var result = Take(results, step);
        Assert.True((bool)result["ok"]!, $"{step}: {result.ToJsonString()}");
        return result["answer"]!;
    }

    private static void Refused(JsonObject results, string step, string code) => Assert.Equal((step, code), (step, (string?)Take(results, step)["code"]));

    private static string[] Names(JsonNode list) => [.. ((JsonArray)list).Select(one => (string)one!["name"]!)];

    private static IEnumerable<string> Notes(params string[] ids) => ids.Select(id => $"{Parent}/notes/{id}");
}
