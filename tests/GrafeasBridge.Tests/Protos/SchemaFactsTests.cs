using System.Text.Json;
using System.Text.Json.Nodes;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Protos;

/// <summary>
/// The protos of protos/grafeas, as compiled into the service, say what the facts say; and if they did not, it would be seen.
/// </summary>
public sealed class SchemaFactsTests
{
    private static readonly Dictionary<string, Schema> Compiled =
        new[] { "v1", "v1beta1" }.ToDictionary(version => version, version => CompiledSchema.Read(CompiledSchema.Files(version)));

    public static TheoryData<string> Versions => [.. Compiled.Keys];

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_compiled_schema_is_exactly_what_the_facts_say(string version)
    {
        var differences = DifferencesWith(Facts(version), version);
        // Not Assert.Empty, which shows the first five and cuts them short.
        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences)}");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_element_that_the_facts_count_was_compared(string version)
    {
        var counts = Facts(version)["meta"]!["counts"]!;
        var facts = FactsReader.Read(Facts(version));
        (string Counted, string Kind)[] kinds =
        [
            ("files", "file"), ("messages", "message"), ("fields", "field"), ("enums", "enum"), ("enum_values", "value"),
            ("services", "service"), ("methods", "method"),
        ];
        Assert.Equal(kinds.Length, counts.AsObject().Count);
        Assert.All(kinds, kind =>
        {
            Assert.Equal((int)counts[kind.Counted]!, facts.Count(kind.Kind));
            Assert.Equal((int)counts[kind.Counted]!, Compiled[version].Count(kind.Kind));
        });
    }

    [Fact]
    public void A_changed_number_is_named()
    {
        var facts = Facts();
        Field(facts, "grafeas.v1.Occurrence", "kind")["number"] = 5;
        Assert.Equal(["grafeas.v1.Occurrence.kind: number is 4, facts say 5"], DifferencesWith(facts));
    }

    [Fact]
    public void A_field_that_the_facts_lack_is_named_as_extra()
    {
        var facts = Facts();
        Item(facts, "messages", "full_name", "grafeas.v1.Note")["fields"]!.AsArray()
            .Remove(Field(facts, "grafeas.v1.Note", "short_description"));
        Assert.Equal(["grafeas.v1.Note.short_description: is an extra field, facts do not have it"], DifferencesWith(facts));
    }

    [Fact]
    public void A_value_that_only_the_facts_have_is_named_as_missing()
    {
        var facts = Facts();
        var values = Item(facts, "enums", "full_name", "grafeas.v1.NoteKind")["values"]!.AsArray();
        values.Add(new JsonObject { ["name"] = "RUMOUR", ["number"] = 99 });
        Assert.Equal(["grafeas.v1.NoteKind.RUMOUR: is missing, facts have this value"], DifferencesWith(facts));
    }

    [Fact]
    public void A_whole_message_that_only_one_side_has_is_named()
    {
        var facts = Facts();
        Item(facts, "messages", "full_name", "grafeas.v1.Jwt")["full_name"] = "grafeas.v1.Jwe";
        Assert.Equal(
            [
                "grafeas.v1.Jwe: is missing, facts have this message",
                "grafeas.v1.Jwe.compact_jwt: is missing, facts have this field",
                "grafeas.v1.Jwt: is an extra message, facts do not have it",
                "grafeas.v1.Jwt.compact_jwt: is an extra field, facts do not have it",
            ],
            DifferencesWith(facts));
    }

    [Fact]
    public void A_changed_binding_is_named_with_both_paths()
    {
        var facts = Facts();
        Method(facts, "GetNote")["http"]!["additional_bindings"]![0]!["path"] = "/v1/{name=regions/*/notes/*}";
        Assert.Equal(
            [
                "grafeas.v1.Grafeas.GetNote: http.additional_bindings[0].path is /v1/{name=projects/*/locations/*/notes/*}, "
                + "facts say /v1/{name=regions/*/notes/*}",
            ],
            DifferencesWith(facts));
    }

    [Fact]
    public void A_body_that_the_facts_do_not_have_is_named()
    {
        var facts = Facts();
        Method(facts, "CreateNote")["http"]!.AsObject().Remove("body");
        Assert.Equal(["grafeas.v1.Grafeas.CreateNote: http.body is note, facts say not set"], DifferencesWith(facts));
    }

    [Fact]
    public void Differences_are_all_reported_together()
    {
        var facts = Facts();
        Field(facts, "grafeas.v1.InTotoStatement", "type")["json_name"] = "type";
        Field(facts, "grafeas.v1.Occurrence", "build")["oneof"] = "type";
        Method(facts, "ListNotes")["server_streaming"] = true;
        Assert.Equal(
            [
                "grafeas.v1.Grafeas.ListNotes: server_streaming is false, facts say true",
                "grafeas.v1.InTotoStatement.type: json_name is _type, facts say type",
                "grafeas.v1.Occurrence.build: oneof is details, facts say type",
            ],
            DifferencesWith(facts));
    }

    /// <summary>
    /// One of each kind of fact (the label of a field, the body of an additional binding …) is altered in turn, the first and the
    /// last of its kind: a kind that the comparison passes over would show here.
    /// </summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void No_kind_of_fact_can_change_unnoticed(string version)
    {
        var unnoticed = new List<string>();
        var kinds = Leaves(Facts(version)).ToLookup(leaf => leaf.Kind, leaf => leaf.Index);
        foreach (var kind in kinds)
        {
            foreach (var index in new[] { kind.First(), kind.Last() })
            {
                var facts = Facts(version);
                Alter(Leaves(facts).ElementAt(index).Value);
                if (DifferencesWith(facts, version).Count == 0)
                    unnoticed.Add($"{kind.Key} at {index}");
            }
        }

        Assert.True(unnoticed.Count == 0, $"altered and not noticed:\n{string.Join('\n', unnoticed)}");
        Assert.True(kinds.Count > 30, $"only {kinds.Count} kinds of facts were found");
    }

    private static JsonNode Facts(string version = "v1") =>
        JsonNode.Parse(File.ReadAllText(RepositoryFiles.PathOf("tests", "facts", $"grafeas-{version}.json")))!;

    private static IReadOnlyList<string> DifferencesWith(JsonNode facts, string version = "v1") =>
        Schema.Differences(Compiled[version], FactsReader.Read(facts));

    private static JsonObject Item(JsonNode parent, string list, string key, string value) =>
        parent[list]!.AsArray().Select(item => item!.AsObject()).Single(item => (string?)item[key] == value);

    private static JsonObject Field(JsonNode facts, string message, string field) =>
        Item(Item(facts, "messages", "full_name", message), "fields", "name", field);

    private static JsonObject Method(JsonNode facts, string method) =>
        Item(Item(facts, "services", "full_name", "grafeas.v1.Grafeas"), "methods", "name", method);

    /// <summary>Every single value outside meta, with its path as its kind: list positions and free keys left out.</summary>
    private static IEnumerable<(string Kind, int Index, JsonValue Value)> Leaves(JsonNode facts) =>
        facts.AsObject().Where(part => part.Key != "meta").SelectMany(part => Walk(part.Key, part.Value!))
            .Select((leaf, index) => (leaf.Kind, index, leaf.Value));

    private static IEnumerable<(string Kind, JsonValue Value)> Walk(string kind, JsonNode node) => node switch
    {
        JsonObject parts => parts.SelectMany(part => Walk(kind == "messages[].oneofs" ? kind + ".*" : $"{kind}.{part.Key}", part.Value!)),
        JsonArray list => list.SelectMany(item => Walk(kind + "[]", item!)),
        _ => [(kind, node.AsValue())],
    };

    private static void Alter(JsonValue value)
    {
        JsonNode altered = value.GetValueKind() switch
        {
            JsonValueKind.Number => (int)value + 1000,
            JsonValueKind.True => false,
            JsonValueKind.False => true,
            _ => (string)value! + "x",
        };
        value.ReplaceWith(altered);
    }
}
