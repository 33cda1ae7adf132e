using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace GrafeasBridge.Tests.Filtering.Oracle;

/// <summary>
/// Whether a message matches, the slow and plain way: over its protobuf JSON and the schema facts, value by value, with none of
/// the service's code. What the rules are is told in src/GrafeasBridge/Filtering/README.md.
/// </summary>
internal static class FilterOracle
{
    /// <summary>The message as the oracle reads it; made once for many filters.</summary>
    public static JsonNode Read(IMessage message) => JsonNode.Parse(JsonFormatter.Default.Format(message))!;

    public static bool Matches(Term term, JsonNode message) => term switch
    {
        Term.All all => all.Parts.All(part => Matches(part, message)),
        Term.Any any => any.Parts.Any(part => Matches(part, message)),
        Term.Opposite not => !Matches(not.Part, message),
        Term.Begins begins => Values(begins.Path, begins.Alias, null, message).Exists(value => Text(value).StartsWith(begins.Prefix, StringComparison.Ordinal)),
        Term.IsSet set => IsSet(set, message),
        Term.Compare { Operator: "!=" } compare => !Holds(compare with { Operator = "=" }, message),
        Term.Compare compare => Holds(compare, message),
        _ => throw new ArgumentOutOfRangeException(nameof(term)),
    };

    private static bool Holds(Term.Compare compare, JsonNode message)
    {
        var several = compare.Path.Any(field => field.Repeated);
        return Values(compare.Path, compare.Alias, compare.MapKey, message).Exists(value => Holds(compare, value, several));
    }

    private static bool Holds(Term.Compare compare, JsonNode? value, bool several)
    {
        var field = compare.Path[^1];
        var type = field.IsMap ? field.MapValueType! : field.Type;
        if (field.IsTimestamp)
            return Ordered(compare.Operator, Nanoseconds(value!.GetValue<string>()).CompareTo(Nanoseconds(compare.Wanted)));
        switch (type)
        {
            case "string":
                return TextHolds(compare.Operator, Text(value), compare.Wanted, several);
            case "enum":
                var numbers = SchemaFacts.Values(field.TypeName);
                return numbers[compare.Wanted] == (value is null ? 0 : numbers[value.GetValue<string>()]);
            case "bool":
                return (value?.GetValue<bool>() ?? false) == (compare.Wanted == "true");
            default:
                var wanted = double.Parse(compare.Wanted, CultureInfo.InvariantCulture);
                var number = value is null ? 0 : double.Parse(value.ToString(), CultureInfo.InvariantCulture);
                return Ordered(compare.Operator, type == "float" ? ((float)number).CompareTo((float)wanted) : number.CompareTo(wanted));
        }
    }

    private static bool TextHolds(string op, string text, string wanted, bool several)
    {
        if (op == ":")
            return several ? text == wanted : text.Contains(wanted, StringComparison.Ordinal);
        if (op == "=" && wanted == "*")
            return true;
        if (op != "=" || wanted.Length < 2)
            return Ordered(op, Encoding.UTF8.GetBytes(text).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(wanted)));
        return (wanted[0], wanted[^1]) switch
        {
            ('*', '*') => text.Contains(wanted[1..^1], StringComparison.Ordinal),
            ('*', _) => text.EndsWith(wanted[1..], StringComparison.Ordinal),
            (_, '*') => text.StartsWith(wanted[..^1], StringComparison.Ordinal),
            _ => text == wanted,
        };
    }

    private static bool Ordered(string op, int comparison) => op switch
    {
        "=" => comparison == 0,
        "<" => comparison < 0,
        "<=" => comparison <= 0,
        ">" => comparison > 0,
        _ => comparison >= 0,
    };

    private static bool IsSet(Term.IsSet set, JsonNode message)
    {
        var last = set.Path[^1];
        if (set.Member is null && set.MapKey is null)
            return Parents(set.Path, message).Exists(parent => IsFilled(parent[last.JsonName]));
        if (set.MapKey is { } key)
            return Parents(set.Path, message).Exists(parent => parent[last.JsonName]?[key] is { } value && Text(value).Length > 0);
        if (last.IsMap)
            return Parents(set.Path, message).Exists(parent => parent[last.JsonName] is JsonObject map && map.ContainsKey(set.Member!));
        var member = SchemaFacts.Fields(last.TypeName).Single(field => field.Name == set.Member);
        return Parents(set.Path, message).Exists(parent => parent[last.JsonName] is { } inner && IsFilled(inner[member.JsonName]));
    }

    // JSON leaves defaults out, so that which is there is set; messages are there when they are set, also empty ones.
    private static bool IsFilled(JsonNode? value) => value is not null && value is not JsonArray { Count: 0 };

    /// <summary>Every value at a path. A scalar that is not there has its default, as long as the message around it is.</summary>
    private static List<JsonNode?> Values(IReadOnlyList<FieldFact> path, string? alias, string? mapKey, JsonNode message)
    {
        var last = path[^1];
        var values = new List<JsonNode?>();
        foreach (var parent in Parents(path, message))
        {
            var value = parent[last.JsonName];
            if (mapKey is not null)
            {
                if (value is JsonObject map && map.TryGetPropertyValue(mapKey, out var entry))
                    values.Add(entry);
            }
            else if (last.Repeated)
            {
                values.AddRange(value as JsonArray ?? []);
            }
            else if (value is not null || last.Type != "message")
            {
                values.Add(alias is null || last.Name == "resource_uri" ? value : Part(value!.GetValue<string>(), alias));
            }
        }

        return values;
    }

    private static JsonValue Part(string name, string alias) =>
        JsonValue.Create(name.Split('/')[alias.StartsWith("noteP", StringComparison.Ordinal) || alias.StartsWith("note_p", StringComparison.Ordinal) ? 1 : 3]);

    private static List<JsonNode> Parents(IReadOnlyList<FieldFact> path, JsonNode message)
    {
        List<JsonNode> nodes = [message];
        foreach (var field in path.SkipLast(1))
        {
            nodes = [.. nodes.Select(node => node[field.JsonName]).OfType<JsonNode>()
                .SelectMany(node => node is JsonArray list ? list.OfType<JsonNode>() : [node])];
        }

        return nodes;
    }

    private static string Text(JsonNode? value) => value?.GetValue<string>() ?? string.Empty;

    private static BigInteger Nanoseconds(string time)
    {
        var fraction = time.AsSpan()[19..];
        var digits = fraction[0] == '.' ? fraction[1..].IndexOfAnyExceptInRange('0', '9') : -1;
        var nanos = digits < 0 ? 0 : int.Parse(fraction.Slice(1, digits).ToString().PadRight(9, '0'), CultureInfo.InvariantCulture);
        var offset = digits < 0 ? fraction : fraction[(digits + 1)..];
        var seconds = DateTimeOffset.Parse(time[..19] + offset.ToString(), CultureInfo.InvariantCulture).UtcTicks / TimeSpan.TicksPerSecond;
        return (new BigInteger(seconds) * 1_000_000_000) + nanos;
    }
}
