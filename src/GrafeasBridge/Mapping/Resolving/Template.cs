using System.Text;

namespace GrafeasBridge.Mapping.Resolving;

/// <summary>Text with named holes: <c>{image}</c>, or <c>{group|dots}</c> to turn slashes into dots on the way.</summary>
internal sealed class Template
{
    /// <summary>What every template may use besides the groups of its pattern: parts of the digest.</summary>
    public static readonly IReadOnlyList<string> DigestNames = ["algorithm", "hex"];

    private readonly List<(string Literal, string? Name, Func<string, string>? Filter)> pieces = [];

    private Template()
    {
    }

    public bool IsEmpty => pieces.Count == 0;

    /// <exception cref="FormatException">With a sentence on what is wrong.</exception>
    public static Template Parse(string text, IReadOnlyCollection<string> names)
    {
        var template = new Template();
        var position = 0;
        while (position < text.Length)
        {
            var open = text.IndexOf('{', position);
            if (open < 0)
            {
                template.pieces.Add((text[position..], null, null));
                break;
            }

            var close = text.IndexOf('}', open);
            if (close < 0)
                throw new FormatException($"'{text}' opens a brace that it never closes");
            var (name, filter) = Hole(text[(open + 1)..close], names);
            template.pieces.Add((text[position..open], name, filter));
            position = close + 1;
        }

        return template;
    }

    public string Fill(Func<string, string> value)
    {
        var text = new StringBuilder();
        foreach (var (literal, name, filter) in pieces)
        {
            text.Append(literal);
            if (name is not null)
                text.Append(filter is null ? value(name) : filter(value(name)));
        }

        return text.ToString();
    }

    /// <returns>Null when the template is empty or there is no digest.</returns>
    public string? FillDigest(string? digest)
    {
        if (IsEmpty || digest is null)
            return null;
        return Fill(name => DigestPart(name, digest));
    }

    public static string DigestPart(string name, string digest)
    {
        var colon = digest.IndexOf(':', StringComparison.Ordinal);
        return name == "algorithm" ? digest[..colon] : digest[(colon + 1)..];
    }

    private static (string Name, Func<string, string>? Filter) Hole(string hole, IReadOnlyCollection<string> names)
    {
        var bar = hole.IndexOf('|', StringComparison.Ordinal);
        var name = bar < 0 ? hole : hole[..bar];
        if (!names.Contains(name))
            throw new FormatException($"'{{{hole}}}' names nothing; there is {string.Join(", ", names.Order(StringComparer.Ordinal))}");
        return (name, bar < 0 ? null : Filter(hole[(bar + 1)..]));
    }

    private static Func<string, string> Filter(string filter) => filter switch
    {
        "dots" => text => text.Replace('/', '.'),
        "lower" => Digests.Lower,
        _ => throw new FormatException($"'{filter}' is no filter; there is dots, lower"),
    };
}
