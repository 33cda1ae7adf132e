using System.Text.Json;
using System.Text.Json.Serialization;
using BintrayEmulator.Http;

namespace BintrayEmulator.Faults;

/// <summary>A fault plan: rules, of which the first that matches and fires decides what happens to a call.</summary>
/// <param name="Seed">Seeds every draw, so that a run can be repeated.</param>
internal sealed record FaultPlan(int Seed, IReadOnlyList<FaultRule> Rules)
{
    private const int MaxRules = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static FaultPlan Empty { get; } = new(0, []);

    /// <summary>A kind as plans and histories spell it.</summary>
    public static string Word(FaultKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    /// <summary>Reads a plan. Refused (400) with every problem at once.</summary>
    public static FaultPlan Read(JsonElement? body)
    {
        if (body is not { ValueKind: JsonValueKind.Object } json)
            throw Refusals.Invalid("A fault plan is a JSON object {\"seed\", \"rules\": [...]}");

        FaultPlan plan;
        try
        {
            plan = json.Deserialize<FaultPlan>(Json)!;
        }
        catch (JsonException e)
        {
            throw Refusals.Invalid($"The fault plan cannot be read: {e.Message}");
        }

        var problems = plan.Problems().ToList();
        return problems.Count == 0 ? plan : throw Refusals.Invalid("The fault plan has problems: " + string.Join("; ", problems));
    }

    // What came over the wire may lack what the types promise.
    private IEnumerable<string> Problems() => Rules switch
    {
        null => ["rules is missing"],
        { Count: > MaxRules } => [$"rules has more than {MaxRules} entries"],
        _ => Rules.SelectMany((rule, i) => rule is null ? [$"rules[{i}] is null"] : rule.Problems().Select(p => $"rules[{i}].{p}")),
    };

    public bool Uses(FaultKind kind) => Rules.Any(r => r.Uses(kind));

    public JsonElement Write() => JsonSerializer.SerializeToElement(this, Json);
}
