using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using GrafeasBridge.Delivery;
using GrafeasBridge.Delivery.Bintray;
using GrafeasBridge.Mapping;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Delivery;

public sealed class AttributePlanTests
{
    [Theory]
    [InlineData("String", "a|b", """{"values":["b","a"],"type":"string"}""", true)]
    [InlineData("String", "a|b", """{"values":["b","a","a"],"type":"STRING"}""", true)]
    [InlineData("String", "a", """{"values":["A"],"type":"string"}""", false)]
    [InlineData("String", "a", """{"values":["a","b"],"type":"string"}""", false)]
    [InlineData("String", "a", """{"values":[],"type":"string"}""", false)]
    [InlineData("String", "a", """{"values":null,"type":"string"}""", false)]
    [InlineData("String", "a", """{"values":"a"}""", true)]
    [InlineData("String", "1.0", """{"values":["1.00"],"type":"version"}""", false)]
    [InlineData("Version", "1.0", """{"values":["1.0"],"type":"string"}""", true)]
    [InlineData("String", "1.0", """{"values":["1.0"],"type":"Version"}""", true)]
    [InlineData("Number", "1", """{"values":[1.0],"type":"number"}""", true)]
    [InlineData("Number", "1|2.5", """{"values":[2.50,1e0],"type":"Number"}""", true)]
    [InlineData("Number", "100000000000000000000", """{"values":[1E20],"type":"number"}""", true)]
    [InlineData("Number", "9007199254740993", """{"values":[9007199254740992],"type":"number"}""", false)]
    [InlineData("Number", "41", """{"values":["41"],"type":"string"}""", false)]
    [InlineData("Number", "41", """{"values":[41]}""", true)]
    [InlineData("Boolean", "true", """{"values":[true],"type":"boolean"}""", true)]
    [InlineData("Boolean", "true", """{"values":["True"],"type":"Boolean"}""", true)]
    [InlineData("Boolean", "true", """{"values":[false],"type":"boolean"}""", false)]
    [InlineData("Date", "2026-11-02T08:15:30.000Z", """{"values":["2026-11-02T09:15:30+0100"],"type":"date"}""", true)]
    [InlineData("Date", "2026-11-02T08:15:30.120Z", """{"values":["2026-11-02T09:15:30.12+01:00"],"type":"DATE"}""", true)]
    [InlineData("Date", "2026-11-02T08:15:30.120Z", """{"values":["2026-11-02T08:15:30.1209Z"],"type":"date"}""", true)]
    [InlineData("Date", "2026-11-02T00:00:00.000Z", """{"values":["2026-11-02"],"type":"date"}""", true)]
    [InlineData("Date", "2026-11-02T08:15:30.000Z", """{"values":["2026-11-02T08:15:31Z"],"type":"date"}""", false)]
    [InlineData("Date", "2026-11-02T08:15:30.000Z", """{"values":["soon"],"type":"date"}""", false)]
    [InlineData("String", "a", """{"values":["a"],"type":"colour"}""", false)]
    public void Attributes_are_compared_by_what_they_mean(string type, string wanted, string carried, bool same)
    {
        var node = JsonNode.Parse(carried)!;
        node["name"] = "n";
        var there = BintrayCodec.ReadAttributes(Encoding.UTF8.GetBytes($"[{node.ToJsonString()}]")).Single();

        Assert.Equal(same, BintrayTypes.Same(TargetHarness.Attribute("n", Enum.Parse<AttributeType>(type), wanted.Split('|')), there));
    }

    [Fact]
    public void Only_what_differs_is_set_only_what_is_owned_is_removed_and_the_rest_is_left_alone()
    {
        MappedAttribute[] wanted =
        [
            TargetHarness.Attribute("same", AttributeType.String, "1"),
            TargetHarness.Attribute("new", AttributeType.String, "2"),
            TargetHarness.Attribute("changed", AttributeType.String, "3"),
        ];
        CarriedAttribute[] carried =
        [
            new("same", AttributeType.String, ["1"]),
            new("changed", AttributeType.String, ["old"]),
            new("withdrawn", AttributeType.String, ["x"]),
            new("foreign", AttributeType.String, ["y"]),
        ];

        var plan = AttributePlan.Make(wanted, carried, ["withdrawn", "same", "gone-already"], BintrayTypes.Same);

        Assert.Equal(["new", "changed"], plan.Set.Select(a => a.Name));
        Assert.Equal(["withdrawn"], plan.Remove);
    }

    [Fact]
    public void Any_text_survives_the_way_there_and_back() =>
        Gen.String.Array[1, 5].Sample(values =>
        {
            string[] legal = [.. values.Select(v => v.WellFormed())];
            var sent = TargetHarness.Attribute("n", AttributeType.String, legal);
            var back = BintrayCodec.ReadAttributes(BintrayCodec.Attributes([sent])).Single();
            return BintrayTypes.Same(sent, back);
        }, iter: PropertyRuns.Of(100));

    [Fact]
    public void Every_type_is_written_as_the_api_wants_it()
    {
        var json = BintrayCodec.Attributes(
        [
            TargetHarness.Attribute("ci.system", AttributeType.String, "codefresh"),
            TargetHarness.Attribute("build.number", AttributeType.Number, "41", "2.50"),
            TargetHarness.Attribute("signed", AttributeType.Boolean, "true"),
            TargetHarness.Attribute("build.started", AttributeType.Date, "2026-11-02T08:15:30.000Z"),
            TargetHarness.Attribute("builder.version", AttributeType.Version, "1.0"),
        ]);

        Assert.Equal(
            """
            [{"name":"ci.system","values":["codefresh"],"type":"string"},{"name":"build.number","values":[41,2.50],"type":"number"},{"name":"signed","values":[true],"type":"boolean"},{"name":"build.started","values":["2026-11-02T08:15:30.000Z"],"type":"date"},{"name":"builder.version","values":["1.0"],"type":"version"}]
            """,
            Encoding.UTF8.GetString(json));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"values":[]}]""")]
    [InlineData("""[{"name":7,"values":[]}]""")]
    [InlineData("""[{"name":"a","values":["x"]""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]")]
    public void What_is_not_a_list_of_attributes_is_refused(string body) =>
        Assert.Throws<FormatException>(() => BintrayCodec.ReadAttributes(Encoding.UTF8.GetBytes(body)));
}

internal static class Strings
{
    /// <summary>Protobuf carries well-formed Unicode only, so lone surrogates never arrive here.</summary>
    public static string WellFormed(this string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
