namespace GrafeasBridge.Tests.Protos;

/// <summary>
/// A protobuf schema laid flat so that two of them can be compared whatever they were read from: each element (file, message,
/// field, enum, value, service, method) by its full name, with its properties as text.
/// </summary>
internal sealed class Schema
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> elements = new(StringComparer.Ordinal);

    public int Count(string kind) => elements.Values.Count(properties => properties[KindProperty] == kind);

    /// <summary>Adds an element; what it is becomes a property like any other.</summary>
    /// <exception cref="ArgumentException">The name is there already.</exception>
    public SortedDictionary<string, string> Add(string name, string kind)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal) { [KindProperty] = kind };
        elements.Add(name, properties);
        return properties;
    }

    /// <summary>Every way in which <paramref name="compiled"/> is not what <paramref name="facts"/> say, each as one sentence.</summary>
    public static IReadOnlyList<string> Differences(Schema compiled, Schema facts)
    {
        var differences = new List<string>();
        foreach (var name in compiled.elements.Keys.Union(facts.elements.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (!compiled.elements.TryGetValue(name, out var ours))
                differences.Add($"{name}: is missing, facts have this {facts.elements[name][KindProperty]}");
            else if (!facts.elements.TryGetValue(name, out var theirs))
                differences.Add($"{name}: is an extra {ours[KindProperty]}, facts do not have it");
            else
                differences.AddRange(DifferingProperties(name, ours, theirs));
        }

        return differences;
    }

    private static IEnumerable<string> DifferingProperties(
        string name, SortedDictionary<string, string> ours, SortedDictionary<string, string> theirs) =>
        from property in ours.Keys.Union(theirs.Keys, StringComparer.Ordinal)
        let compiled = ours.GetValueOrDefault(property, Unset)
        let fact = theirs.GetValueOrDefault(property, Unset)
        where compiled != fact
        select $"{name}: {property} is {compiled}, facts say {fact}";

    private const string KindProperty = "element";
    private const string Unset = "not set";
}
