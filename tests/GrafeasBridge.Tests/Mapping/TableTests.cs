using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grafeas.V1;

namespace GrafeasBridge.Tests.Mapping;

public sealed class TableTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mapping-table").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("""{ "format": 2, "rows": [] }""", "has format 2; this program reads format 1")]
    [InlineData("""{ "format": 1 }""", "has 0 rows")]
    [InlineData("null", "holds null")]
    [InlineData("{", "is not a mapping table")]
    [InlineData("""{ "format": 1, "lines": [] }""", "'lines'")]
    [InlineData("""{ "format": 1, "format": 1 }""", "is not a mapping table")]
    public void A_file_of_another_form_stops_the_start(string json, string sentence) => AssertRefused(json, sentence);

    [Theory]
    [InlineData("""{ "attribute": "_x", "type": "string", "several": "all", "from": ["name"] }""", "row _x: the name must begin with a letter")]
    [InlineData("""{ "attribute": "a b", "type": "string", "several": "all", "from": ["name"] }""", "row a b: the name must")]
    [InlineData("""{ "attribute": "x", "type": "text", "several": "all", "from": ["name"] }""", "row x: type 'text' is not known")]
    [InlineData("""{ "attribute": "x", "type": "1", "several": "all", "from": ["name"] }""", "row x: type '1' is not known")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "most", "from": ["name"] }""", "row x: several 'most' is not known")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "newest", "from": ["name"] }""", "row x: several 'newest' needs a \"group\"")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "newest", "group": "y", "from": ["name"] }""", "row x: there is no group 'y'")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "group": "b", "from": ["name"] }""", "row x: several 'all' has no group")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "newest", "group": "b", "kinds": ["BUILD"], "from": ["name"] }""", "leave \"kinds\" out")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "count", "equals": "1", "from": ["name"] }""", "needs type number and \"equals\"")]
    [InlineData("""{ "attribute": "x", "type": "number", "several": "count", "from": ["name"] }""", "needs type number and \"equals\"")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "equals": "1", "from": ["name"] }""", "\"equals\" belongs to several 'count'")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "any", "from": ["name"] }""", "several 'any' needs type boolean")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "kinds": ["BUILDS"], "from": ["name"] }""", "row x: kind 'BUILDS' is not known")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": [] }""", "row x: \"from\" names 0 sources")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["build.provenance.idd"] }""", "row x, source 'build.provenance.idd': 'idd' is no field of grafeas.v1.BuildProvenance; it has id, project_id")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["build.provenance.built_artifacts.id"] }""", "write built_artifacts[*]")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["build.provenance.build_options"] }""", "write build_options[*]")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["name[*]"] }""", "[*] stands behind something that is not repeated")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["name.x"] }""", "'x' goes on behind a field that is not a message")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["build..x"] }""", "'' is no part of a path")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["build.provenance"] }""", "it ends in a message, not in a value")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["{y}.name"] }""", "there is no root 'y'; there is r")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["@y"] }""", "there is no reader 'y'; there is artifact.digest")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["="] }""", "'=' needs a text behind it")]
    [InlineData("""{ "attribute": "x", "type": "date", "several": "all", "from": ["name -> today"] }""", "gives 'today', which is no date")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all", "from": ["name"], "note": "?" }""", "'note'")]
    [InlineData("""{ "attribute": "x", "type": "string", "several": "all" }""", "'from'")]
    public void A_wrong_row_stops_the_start_with_a_sentence_that_names_it(string row, string sentence) =>
        AssertRefused(Table(row), sentence);

    [Fact]
    public void Two_rows_for_one_attribute_stop_the_start() => AssertRefused(
        Table("""{ "attribute": "x", "type": "string", "several": "all", "from": ["name"] }, { "attribute": "x", "type": "string", "several": "all", "from": ["name"] }"""),
        "has two rows for attribute x");

    [Fact]
    public void A_file_that_is_not_there_or_too_large_stops_the_start()
    {
        var large = Path.Combine(folder, "large.json");
        File.WriteAllText(large, new string(' ', 1024 * 1024 + 1));

        Assert.Contains("cannot be read", Assert.Single(MappingFixture.Refusals(("File", Path.Combine(folder, "none.json")))), StringComparison.Ordinal);
        Assert.Contains("at most 1048576 are read", Assert.Single(MappingFixture.Refusals(("File", large))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_the_users_own_reads_maps_structs_and_anys_by_key()
    {
        var rows = string.Join(',', new Dictionary<string, string>
        {
            ["a.option"] = "build.provenance.build_options.branch",
            ["b.options"] = "build.provenance.build_options[*]",
            ["c.any"] = "build.intoto_statement.slsa_provenance.recipe.arguments.substitutions.TAG_NAME",
            ["d.list"] = "build.intoto_statement.slsa_provenance.recipe.arguments.steps[*].name",
            ["e.number"] = "build.intoto_statement.slsa_provenance.recipe.arguments.retries",
            ["f.bytes"] = "build.provenance.source_provenance.file_hashes[*].file_hash[*].value",
        }.Select(p => $$"""{ "attribute": "{{p.Key}}", "type": "string", "several": "all", "from": ["{{p.Value}}"] }"""));
        var mapping = MappingFixture.Open(("File", Written(Table(rows))));

        var attributes = mapping.Map([MappingFixture.Parse(
            """
            { "name": "projects/p/occurrences/1", "kind": "BUILD", "build": {
              "provenance": { "buildOptions": { "branch": "main", "arch": "x64" },
                "sourceProvenance": { "fileHashes": { "f": { "fileHash": [ { "value": "q80=" } ] } } } },
              "intotoStatement": { "slsaProvenance": { "recipe": { "arguments": { "@type": "type.googleapis.com/google.protobuf.Struct",
                "value": { "substitutions": { "TAG_NAME": "v1" }, "steps": [ { "name": "build" }, { "name": "test" } ], "retries": 0.5 } } } } } } }
            """)]);

        Assert.Equal(
            ["a.option main", "b.options main x64", "c.any v1", "d.list build test", "e.number 0.5", "f.bytes abcd"],
            attributes.Select(a => $"{a.Name} {string.Join(' ', a.Values)}"));
        Assert.Equal("build.provenance.build_options[branch]", attributes[1].SourceField);
        Assert.Equal("build.intoto_statement.slsa_provenance.recipe.arguments.steps[0].name", attributes[3].SourceField);
    }

    [Fact]
    public void Values_have_one_text_by_type_and_what_is_none_of_the_type_is_passed_over()
    {
        var mapping = MappingFixture.Open(("File", Written(Table(
            """
            { "attribute": "a.number", "type": "number", "several": "all", "from": ["remediation", "build.provenance.id"] },
            { "attribute": "b.date", "type": "date", "several": "all", "from": ["remediation", "create_time"] },
            { "attribute": "c.boolean", "type": "boolean", "several": "any", "from": ["remediation", "build.provenance -> false"] },
            { "attribute": "d.text", "type": "version", "several": "newest", "group": "b", "from": ["build.provenance.built_artifacts[*].id"] }
            """))));

        var attributes = mapping.Map([MappingFixture.Parse(
            """
            { "name": "projects/p/occurrences/1", "kind": "BUILD", "remediation": "no number", "createTime": "2026-11-02T08:20:09.123456789Z",
              "build": { "provenance": { "id": "1.50e1", "builtArtifacts": [ { "id": "one" }, { "id": "two" } ] } } }
            """)]);

        Assert.Equal(["a.number 15", "b.date 2026-11-02T08:20:09.123Z", "c.boolean false", "d.text one"], attributes.Select(a => $"{a.Name} {a.Values.Single()}"));
        Assert.Equal("The source holds further values; the first is kept.", attributes[3].Loss);
    }

    [Fact]
    public void Bytes_in_an_Any_that_are_not_what_they_say_tell_nothing()
    {
        var occurrence = MappingFixture.Parse("""{ "name": "projects/p/occurrences/1", "build": { "intotoStatement": { "slsaProvenance": { "recipe": { "type": "t" } } } } }""");
        occurrence.Build.IntotoStatement.SlsaProvenance.Recipe.Arguments =
            new Any { TypeUrl = "type.googleapis.com/google.protobuf.Struct", Value = ByteString.CopyFrom(255, 255, 255) };
        var mapping = MappingFixture.Open();

        Assert.Contains(mapping.Map([occurrence]), a => a.Name == "build.type");
        Assert.NotNull(mapping.Resolve(occurrence).Reason);
    }

    [Fact]
    public void A_date_that_is_none_is_passed_over()
    {
        var occurrence = new Occurrence
        {
            Name = "projects/p/occurrences/1",
            Build = new BuildOccurrence
            {
                Provenance = new BuildProvenance { EndTime = new Timestamp { Seconds = long.MaxValue }, StartTime = new Timestamp { Nanos = -1 }, Id = "1" },
            },
        };

        Assert.DoesNotContain(MappingFixture.Open().Map([occurrence]), a => a.Type == GrafeasBridge.Mapping.AttributeType.Date);
    }

    private static string Table(string rows) =>
        $$"""{ "format": 1, "roots": { "r": ["build"] }, "groups": [ { "group": "b", "kinds": ["BUILD"], "about": ["{r}.provenance"] } ], "rows": [ {{rows}} ] }""";

    private void AssertRefused(string json, string sentence)
    {
        var path = Written(json);
        var refusal = Assert.Single(MappingFixture.Refusals(("File", path)));

        Assert.Contains(sentence, refusal, StringComparison.Ordinal);
        Assert.Contains(path, refusal, StringComparison.Ordinal);
    }

    private string Written(string json)
    {
        var path = Path.Combine(folder, "table.json");
        File.WriteAllText(path, json);
        return path;
    }
}
