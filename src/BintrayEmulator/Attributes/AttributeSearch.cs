using System.Text.Json;
using BintrayEmulator.Http;

namespace BintrayEmulator.Attributes;

/// <summary>
/// An attribute search: clauses joined by AND. A clause asks for values (<c>{"a":["x","y"]}</c>) or for a range of numbers or dates
/// (<c>{"n":"[1,3["}</c>, an outward bracket excludes its end).
/// </summary>
internal sealed class AttributeSearch
{
    private const int MaxClauses = 100;
    private readonly IReadOnlyList<Clause> clauses;

    private AttributeSearch(IReadOnlyList<Clause> clauses) => this.clauses = clauses;

    public static AttributeSearch Read(JsonElement? body)
    {
        if (body is not { ValueKind: JsonValueKind.Array } array)
            throw Refusals.Invalid("An attribute search must be a JSON array of {\"name\": values}");

        var read = array.EnumerateArray().SelectMany(ReadClauses).ToList();
        if (read.Count is 0 or > MaxClauses)
            throw Refusals.Invalid($"An attribute search must have 1 to {MaxClauses} clauses");

        return new AttributeSearch(read);
    }

    public bool Matches(IReadOnlyDictionary<string, StoredAttribute> attributes) =>
        clauses.All(c => attributes.TryGetValue(c.Name, out var attribute) && c.Matches(attribute));

    private static IEnumerable<Clause> ReadClauses(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Refusals.Invalid("Every clause of an attribute search must be an object");

        return element.EnumerateObject().Select(p => ReadClause(p.Name, p.Value)).ToList();
    }

    private static Clause ReadClause(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return new ValuesClause(name, value.EnumerateArray().Select(v => Scalar(name, v)).ToList());

        var text = Scalar(name, value);
        return AttributeRange.TryRead(text, out var range) ? new RangeClause(name, range) : new ValuesClause(name, [text]);
    }

    private static string Scalar(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw Refusals.Invalid($"The search for '{name}' holds a value that is neither text, number nor boolean"),
    };

    private abstract record Clause(string Name)
    {
        public abstract bool Matches(StoredAttribute attribute);
    }

    // A single stored value must be one of those asked for; a stored array must hold all of them.
    private sealed record ValuesClause(string Name, IReadOnlyList<string> Wanted) : Clause(Name)
    {
        public override bool Matches(StoredAttribute attribute) => attribute.Values.Count == 1
            ? Wanted.Any(w => AttributeRange.AreEqual(attribute.Type, attribute.Values[0], w))
            : Wanted.All(w => attribute.Values.Any(v => AttributeRange.AreEqual(attribute.Type, v, w)));
    }

    private sealed record RangeClause(string Name, AttributeRange Range) : Clause(Name)
    {
        public override bool Matches(StoredAttribute attribute) => attribute.Values.Any(v => Range.Contains(attribute.Type, v));
    }
}
