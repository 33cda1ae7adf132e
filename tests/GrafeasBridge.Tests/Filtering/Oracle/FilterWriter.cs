using System.Globalization;
using System.Text;

namespace GrafeasBridge.Tests.Filtering.Oracle;

/// <summary>Writes terms in the filter language, with only the parentheses that they need, or now and then more.</summary>
internal sealed class FilterWriter(Random random)
{
    // How tightly a term binds: AND least, then blanks, then OR, then NOT, then a comparison.
    private const int Lowest = 0;
    private const int Sequence = 1;
    private const int Factor = 2;
    private const int Single = 3;
    private const int Restriction = 4;

    private static readonly string[] Blanks = [" ", "  ", "\t", "\n", " \r\n"];

    public string Write(Term term) => Write(term, Lowest) + (random.Next(10) == 0 ? Blank() : string.Empty);

    /// <summary>A text as a literal in double quotes.</summary>
    public string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                _ when c < ' ' || random.Next(60) == 0 => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private string Write(Term term, int tightness)
    {
        var (text, own) = term switch
        {
            Term.All { Blank: false } all => (Join(all.Parts, () => Blank() + "AND" + Blank(), Sequence), Lowest),
            Term.All all => (Join(all.Parts, Blank, Factor), Sequence),
            Term.Any any => (Join(any.Parts, () => Blank() + "OR" + Blank(), Single), Factor),
            Term.Opposite { Minus: true } not => ("-" + Write(not.Part, Restriction), Single),
            Term.Opposite not => ("NOT" + Blank() + Write(not.Part, Restriction), Single),
            Term.Compare compare => (Name(compare.Path, compare.Alias) + Key(compare.MapKey) + Maybe() + compare.Operator + Maybe() + compare.Literal, Restriction),
            Term.IsSet set => (Name(set.Path, null) + Key(set.MapKey) + ":" + (set.Member is null ? "*" : Member(set.Member)), Restriction),
            Term.Begins begins => ($"has_prefix({Maybe()}{Name(begins.Path, begins.Alias)}{Maybe()},{Maybe()}{Quote(begins.Prefix)}{Maybe()})", Restriction),
            _ => throw new ArgumentOutOfRangeException(nameof(term)),
        };
        return own < tightness || random.Next(12) == 0 ? $"({Maybe()}{text}{Maybe()})" : text;
    }

    private string Join(IReadOnlyList<Term> parts, Func<string> by, int tightness)
    {
        var text = new StringBuilder(Write(parts[0], tightness));
        foreach (var part in parts.Skip(1))
            text.Append(by()).Append(Write(part, tightness));
        return text.ToString();
    }

    private string Name(IReadOnlyList<FieldFact> path, string? alias) =>
        alias ?? string.Join('.', path.Select(field => random.Next(2) == 0 ? field.Name : field.JsonName));

    private string Key(string? key) => key switch
    {
        null => string.Empty,
        _ when random.Next(3) == 0 => $"[{Maybe()}{Quote(key)}{Maybe()}]",
        _ => "." + Member(key),
    };

    private string Member(string name) => random.Next(3) == 0 || !name.All(char.IsAsciiLetterOrDigit) ? Quote(name) : name;

    private string Blank() => Blanks[random.Next(Blanks.Length)];

    private string Maybe() => random.Next(6) == 0 ? Blank() : string.Empty;
}
