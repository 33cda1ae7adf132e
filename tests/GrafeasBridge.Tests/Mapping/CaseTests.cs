using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grafeas.V1;
using GrafeasBridge.Mapping;
using GrafeasBridge.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace GrafeasBridge.Tests.Mapping;

/// <summary>
/// Every folder of cases/ holds occurrences.json (as stored) and attributes.json (what a person agreed they should become),
/// and settings.json when the case is about a setting.
/// </summary>
public sealed class CaseTests
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Cases => RepositoryFiles.PathOf("tests", "GrafeasBridge.Tests", "Mapping", "cases");

    public static TheoryData<string> Names() => [.. Directory.EnumerateDirectories(Cases).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Occurrences_become_the_attributes_that_a_person_agreed_to(string name)
    {
        var folder = Path.Combine(Cases, name);
        var mapping = OpenFor(folder);
        var occurrences = Read(name);

        var result = new JsonObject
        {
            ["placements"] = new JsonArray([.. occurrences.Select(o => (JsonNode)Placed(mapping.Resolve(o)))]),
            ["attributes"] = Attributes(mapping.Map(occurrences)),
        };

        RepositoryFiles.AssertHolds(Path.Combine(folder, "attributes.json"), result.ToJsonString(Json) + "\n");
        Assert.Equal(mapping.Map(occurrences).Text(), mapping.Map(Enumerable.Reverse(occurrences)).Text());
    }

    [Fact]
    public void Every_real_payload_has_a_case() =>
        Assert.True(Names().Count(row => row.Data.StartsWith("real.", StringComparison.Ordinal)) >= 23, "a real payload has lost its case");

    internal static List<Occurrence> Read(string name) =>
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(Cases, name, "occurrences.json")))!.AsArray().Select(o => MappingFixture.Parse(o!.ToJsonString()))];

    private static OccurrenceMapping OpenFor(string folder) =>
        MappingFixture.Open(new ConfigurationBuilder().AddJsonFile(Path.Combine(folder, "settings.json"), optional: true).Build());

    private static JsonObject Attributes(IEnumerable<MappedAttribute> attributes)
    {
        var result = new JsonObject();
        foreach (var a in attributes)
        {
            var attribute = new JsonObject
            {
                ["type"] = a.Type.ToString(),
                ["values"] = Texts(a.Values),
                ["rule"] = a.Rule,
                ["occurrence"] = a.SourceOccurrence,
                ["field"] = a.SourceField,
            };
            if (a.Loss is not null)
                attribute["loss"] = a.Loss;
            result[a.Name] = attribute;
        }

        return result;
    }

    private static JsonObject Placed(VersionResolution resolution)
    {
        var result = new JsonObject
        {
            ["resolver"] = resolution.Resolver,
            ["reason"] = resolution.Reason,
            ["named"] = Texts(resolution.Named.Select(v => v.ToString())),
            ["byDigest"] = Texts(resolution.ByDigest.Select(d =>
                $"{d.Package?.ToString() ?? "any package"} @ {d.Digest}{(d.Untagged is null ? string.Empty : $", untagged {d.Untagged.Version}")}")),
            ["lessons"] = Texts(resolution.DigestTags.Select(l => $"{l.Version} = {l.Digest}")),
            ["commits"] = Texts(resolution.Commits),
        };
        foreach (var empty in result.Where(p => p.Value is null or JsonArray { Count: 0 }).Select(p => p.Key).ToList())
            result.Remove(empty);
        return result;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}
