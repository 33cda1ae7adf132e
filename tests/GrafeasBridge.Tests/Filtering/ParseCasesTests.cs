using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GrafeasBridge.Filtering;
using GrafeasBridge.Tests.Support;

namespace GrafeasBridge.Tests.Filtering;

/// <summary>Every case of v1.filter-parse.json: the tree of the reference parser, or its refusal.</summary>
public sealed class ParseCasesTests
{
    private static readonly FilterLimits Limits = new();

    private static readonly Dictionary<string, JsonNode> Cases =
        ((JsonArray)JsonNode.Parse(File.ReadAllText(RepositoryFiles.PathOf("tests", "conformance", "v1.filter-parse.json")))!["cases"]!)
        .Where(one => one!["expect_parse"] is not null)
        .ToDictionary(one => (string)one!["id"]!, one => one!);

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Fact]
    public void The_cases_are_there() => Assert.True(Cases.Count > 150, $"only {Cases.Count}");

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_tree_is_that_of_the_reference(string id)
    {
        var filter = (string)Cases[id]["filter"]!;
        var expected = Cases[id]["expect_parse"]!;
        if (!(bool)expected["ok"]!)
        {
            var refused = Assert.Throws<FilterException>(() => FilterParser.Parse(filter, Limits));
            Assert.InRange(refused.Position, 0, filter.Length);
            return;
        }

        var tree = FilterParser.Parse(filter, Limits);
        Assert.True(JsonNode.DeepEquals(expected["tree"], Json(tree)), $"{filter}: {Json(tree)}");
        Assert.Equal((string)expected["sexpr"]!, tree is null ? "()" : Expression(tree));
    }

    private static JsonObject? Json(FilterNode? node) => node switch
    {
        null => null,
        IdentNode ident => new JsonObject { ["ident"] = ident.Name },
        StringNode text => new JsonObject { ["str"] = text.Value },
        IntNode number => new JsonObject { ["int"] = number.Value.ToString(CultureInfo.InvariantCulture) },
        DoubleNode number => new JsonObject { ["double"] = number.Value },
        SelectNode select => new JsonObject { ["select"] = new JsonArray(Json(select.Operand), select.Field) },
        CallNode call => Json(call),
        _ => throw new ArgumentException($"{node.GetType()}", nameof(node)),
    };

    private static JsonObject Json(CallNode call)
    {
        var json = new JsonObject { ["call"] = call.Function, ["args"] = new JsonArray([.. call.Args.Select(Json)]) };
        if (call.Target is not null)
            json["target"] = Json(call.Target);
        return json;
    }

    private static string Expression(FilterNode node) => node switch
    {
        IdentNode ident => ident.Name,
        StringNode text => Quoted(text.Value),
        IntNode number => number.Value.ToString(CultureInfo.InvariantCulture),
        DoubleNode number => Number(number.Value),
        SelectNode select => $"(. {Expression(select.Operand)} {select.Field})",
        CallNode call => $"({string.Join(' ', (IEnumerable<string>)[call.Function, .. Target(call), .. call.Args.Select(Expression)])})",
        _ => throw new ArgumentException($"{node.GetType()}", nameof(node)),
    };

    private static IEnumerable<string> Target(CallNode call) => call.Target is null ? [] : [$"@{Expression(call.Target)}"];

    private static string Quoted(string text) => new StringBuilder(text)
        .Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\t", "\\t").Insert(0, '"').Append('"').ToString();

    private static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";
    }
}
