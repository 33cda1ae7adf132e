using System.Globalization;

namespace GrafeasBridge.Tests.Filtering.Oracle;

/// <summary>Filters on occurrences, mostly over values that <see cref="RandomMessages"/> uses too, so that they match now and then.</summary>
internal sealed class RandomTerms(Random random)
{
    private const string Root = "grafeas.v1.Occurrence";
    private const int MaxPath = 6;
    private static readonly string[] Ordered = ["=", "!=", "<", "<=", ">", ">="];
    private static readonly string[] Plain = ["=", "!="];

    private readonly FilterWriter writer = new(random);

    public (Term Term, string Text) Next()
    {
        var term = Any(random.Next(4));
        return (term, writer.Write(term));
    }

    private Term Any(int depth)
    {
        if (depth == 0)
            return random.Next(5) == 0 ? Known() : Leaf();
        return random.Next(4) switch
        {
            0 => new Term.All(Several(depth), Blank: random.Next(3) == 0),
            1 => new Term.Any(Several(depth)),
            2 => new Term.Opposite(Any(depth - 1), random.Next(2) == 0),
            _ => Any(depth - 1),
        };
    }

    private List<Term> Several(int depth) => [.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => Any(depth - 1))];

    /// <summary>What clients really ask for: the columns that the database can look up.</summary>
    private Term Known()
    {
        FieldFact Field(string name) => SchemaFacts.Fields(Root).Single(field => field.Name == name);
        switch (random.Next(6))
        {
            case 0:
                return Text([Field("resource_uri")], random.Next(2) == 0 ? "resourceUrl" : "resource_url", null);
            case 1:
                return new Term.Begins([Field("resource_uri")], random.Next(2) == 0 ? "resourceUrl" : null, Pick(RandomMessages.Uris)[..random.Next(8)]);
            case 2:
                return Text([Field("note_name")], random.Next(2) == 0 ? "noteId" : "note_id", null);
            case 3:
                return Text([Field("note_name")], random.Next(2) == 0 ? "noteProjectId" : "note_project_id", null);
            case 4:
                return Time([Field("create_time")]);
            default:
                return Kind([Field("kind")]);
        }
    }

    private Term Leaf()
    {
        var path = new List<FieldFact>();
        for (var message = Root; ;)
        {
            var fields = SchemaFacts.Fields(message);
            var field = Pick(fields);
            path.Add(field);
            var deeper = field.IsMessage && SchemaFacts.Fields(field.TypeName).Length > 0 && path.Count < MaxPath;
            if (!deeper || random.Next(8) == 0)
                return About(path);
            message = field.TypeName;
        }
    }

    private Term About(List<FieldFact> path)
    {
        var field = path[^1];
        if (field.IsMap)
            return InMap(path);
        if (random.Next(5) == 0 || field.Type == "bytes" || IsUnsure(field))
            return new Term.IsSet(path, null, null);
        if (field.IsTimestamp && !field.Repeated)
            return Time(path);
        if (field.Type == "message")
            return Member(path);
        return field.Type switch
        {
            "string" => Text(path, null, null),
            "enum" => Kind(path),
            "bool" => Truth(path),
            _ => Number(path),
        };
    }

    // Filters on these are left to tests by table: whether an unset optional scalar is a value is a matter of taste.
    private static bool IsUnsure(FieldFact field) => field.HasPresence && field.Type != "message";

    private Term.IsSet Member(List<FieldFact> path)
    {
        var members = SchemaFacts.Fields(path[^1].TypeName);
        return members.Length == 0 || path.Exists(field => field.Repeated)
            ? new Term.IsSet(path, null, null)
            : new Term.IsSet(path, null, Pick(members).Name);
    }

    private Term InMap(List<FieldFact> path)
    {
        var key = Pick(RandomMessages.Keys);
        return path[^1].MapValueType != "string" ? new Term.IsSet(path, null, null) : random.Next(4) switch
        {
            0 => new Term.IsSet(path, null, null),
            1 => new Term.IsSet(path, null, key),
            2 => new Term.IsSet(path, key, null),
            _ => Text(path, null, key),
        };
    }

    private Term.Compare Text(List<FieldFact> path, string? alias, string? key)
    {
        // The language has no characters over U+FFFF.
        var wanted = Pick(RandomMessages.Texts.Where(text => !text.Any(char.IsSurrogate)).ToArray());
        if (random.Next(4) == 0 && wanted.Length > 0 && !wanted.Contains('*', StringComparison.Ordinal))
            return Written(path, alias, key, Pick(Plain), Pick<string>(["*" + wanted, wanted + "*", "*" + wanted + "*"]));
        if (random.Next(4) == 0 && wanted.Length > 0 && !wanted.Contains('*', StringComparison.Ordinal))
            return Written(path, alias, key, ":", wanted);
        var mustBeEqual = path.Exists(field => field.Repeated);
        if (mustBeEqual && wanted.StartsWith('*'))
            wanted = "x";
        return Written(path, alias, key, Pick(mustBeEqual ? Plain : Ordered), wanted);
    }

    private Term.Compare Written(List<FieldFact> path, string? alias, string? key, string op, string wanted)
    {
        var bare = wanted.Length > 0 && char.IsAsciiLetter(wanted[0]) && wanted.All(char.IsAsciiLetterOrDigit) && random.Next(3) == 0;
        return new Term.Compare(path, alias, key, op, wanted, bare ? wanted : writer.Quote(wanted));
    }

    private Term.Compare Kind(List<FieldFact> path)
    {
        var name = Pick(SchemaFacts.Values(path[^1].TypeName).Keys.ToArray());
        return new Term.Compare(path, null, null, Pick<string>(["=", "!=", ":"]), name, random.Next(2) == 0 ? name : writer.Quote(name));
    }

    private Term.Compare Truth(List<FieldFact> path)
    {
        var wanted = random.Next(2) == 0 ? "true" : "false";
        var literal = random.Next(4) == 0 ? wanted.ToUpperInvariant() : wanted;
        return new Term.Compare(path, null, null, Pick(Plain), wanted, random.Next(4) == 0 ? writer.Quote(literal) : literal);
    }

    private Term.Compare Number(List<FieldFact> path)
    {
        var wanted = Pick(RandomMessages.Numbers).ToString(CultureInfo.InvariantCulture);
        if (random.Next(5) == 0 && !wanted.Contains('.', StringComparison.Ordinal))
            wanted += ".5";
        return new Term.Compare(path, null, null, Pick(Ordered), wanted, random.Next(4) == 0 ? writer.Quote(wanted) : wanted);
    }

    private Term.Compare Time(List<FieldFact> path)
    {
        var wanted = Pick(RandomMessages.Times);
        return new Term.Compare(path, null, null, Pick(Ordered), wanted, writer.Quote(wanted));
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
