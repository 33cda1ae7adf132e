using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace GrafeasBridge.Filtering;

/// <summary>What can be asked of a field with a value: the rules of types and operators stand here.</summary>
internal sealed class Predicates(FilterSubject subject, FilterPath path, Literal written)
{
    private readonly Literal value = ColumnOf(subject, path) is { } known ? written with { Text = known.Read(written.Text) } : written;

    /// <summary><c>field:*</c></summary>
    public FieldTest IsSet()
    {
        ValueTest leaf = path.Part > 0 ? new SetPartLeaf(path.Part) : SetLeaf.Instance;
        var condition = Column switch
        {
            (Filtering.Column.Kind or Filtering.Column.State) and { } named => Planner.Negate(NumberCondition(named, 0)),
            Filtering.Column.CreateTime => new Condition.Always(),
            { } text => new Condition.CompareText(text, Comparison.NotEqual, string.Empty),
            null => null,
        };
        return new FieldTest(path.Bind(leaf), condition);
    }

    /// <summary><c>field:value</c></summary>
    public FieldTest Has()
    {
        if (path.End == PathEnd.Map)
            return new FieldTest(path.Bind(new HasKeyLeaf(value.Text)), condition: null);
        if (path.End == PathEnd.Dynamic)
            return new FieldTest(path.Bind(Dynamic(Comparison.Equal, has: true)), condition: null);
        if (path.Field.FieldType == FieldType.Message && path.Field.MessageType != Timestamp.Descriptor)
            return HasMember();
        var some = path.Many || path.End == PathEnd.List;
        if (path.Field.FieldType == FieldType.String)
            return Text(new TextTest(some ? TextMatch.Equal : TextMatch.Contains, value.Text));
        if (path.Field.FieldType == FieldType.Message && !some)
            throw Wrong("a time", "one of = != < <= > >= or :*");
        return Compare(Comparison.Equal);
    }

    /// <summary>Any other operator; != is the opposite of =.</summary>
    public FieldTest Compare(Comparison comparison)
    {
        if (path.End == PathEnd.Map)
            throw Wrong("a map", "map.key, map[\"key\"], or ':' and a key");
        if (path.End == PathEnd.Dynamic)
            return new FieldTest(path.Bind(Dynamic(comparison, has: false)), condition: null);
        switch (path.Field.FieldType)
        {
            case FieldType.String:
                return Text(TextTestOf(comparison));
            case FieldType.Enum:
                return Enum(comparison);
            case FieldType.Bool:
                if (comparison != Comparison.Equal)
                    throw Wrong("true or false", "= or !=");
                return Leaf(new BoolLeaf(Flag() ?? throw NotA("true or false")), null);
            case FieldType.Bytes:
                throw Wrong("bytes", "':*'");
            case FieldType.Message or FieldType.Group:
                if (path.Field.MessageType != Timestamp.Descriptor)
                    throw Wrong("a message", "one of its fields, ':' and a field, or ':*'");
                return Time(comparison);
            default:
                return Leaf(new NumberLeaf(comparison, value.AsNumber() ?? throw NotA("a number")), null);
        }
    }

    /// <summary><c>has_prefix(field, value)</c></summary>
    public FieldTest HasPrefix()
    {
        var isText = path.End is PathEnd.Single or PathEnd.List && path.Field.FieldType == FieldType.String;
        return isText
            ? Text(new TextTest(TextMatch.StartsWith, value.Text))
            : throw new FilterException(path.Position, "found a field that is no text, expected one: only a text has a prefix");
    }

    private Column? Column => ColumnOf(subject, path)?.Column;

    private static FilterColumn? ColumnOf(FilterSubject subject, FilterPath path) =>
        path.ProtoPath is { } name ? subject.ColumnOf(name, path.Part) : null;

    private FieldTest Leaf(ValueTest leaf, Condition? condition) =>
        new(path.Bind(path.End == PathEnd.List ? new ElementStep(leaf) : leaf), condition);

    private FieldTest Text(TextTest test) =>
        Leaf(new TextLeaf(test, path.Part), Column is { } column ? test.Of(column) : NameCondition(test));

    private TextTest TextTestOf(Comparison comparison) => comparison switch
    {
        Comparison.Equal => TextTest.Wildcard(value.Text),
        Comparison.Less => new TextTest(TextMatch.Less, value.Text),
        Comparison.LessOrEqual => new TextTest(TextMatch.LessOrEqual, value.Text),
        Comparison.Greater => new TextTest(TextMatch.Greater, value.Text),
        _ => new TextTest(TextMatch.GreaterOrEqual, value.Text),
    };

    // The name of a note, or how it begins, is looked up by its parts.
    private Condition? NameCondition(TextTest test)
    {
        if (path.Part != 0 || path.ProtoPath is not { } name)
            return null;
        if (subject.ColumnOf(name, 2)?.Column is not { } project || subject.ColumnOf(name, 4)?.Column is not { } id)
            return null;
        var whole = test.Match == TextMatch.Equal;
        if (!whole && test.Match != TextMatch.StartsWith)
            return null;
        Condition? unlike = whole ? new Condition.Never() : null;
        if (test.Value.Split('/') is not ["projects", { Length: > 0 } inProject, "notes", { } note])
            return unlike;
        if (whole && note.Length == 0)
            return unlike;
        return Planner.All(new Condition.CompareText(project, Comparison.Equal, inProject), (test with { Value = note }).Of(id));
    }

    private FieldTest Enum(Comparison comparison)
    {
        if (comparison != Comparison.Equal)
            throw Wrong("one of a few names", "=, != or :");
        var found = value.Written is null ? path.Field.EnumType.FindValueByName(value.Text) : null;
        var number = (found ?? throw NotA($"a name of {path.Field.EnumType.FullName}")).Number;
        return Leaf(new EnumLeaf(number), Column is { } column ? NumberCondition(column, number) : null);
    }

    private Condition NumberCondition(Column column, int number) => subject.StoreKind(number) is { } stored
        ? new Condition.CompareNumber(column, Comparison.Equal, stored)
        : new Condition.Never();

    private FieldTest Time(Comparison comparison)
    {
        var instant = (value.IsQuoted ? Instant.Parse(value.Text) : null)
            ?? throw NotA("an RFC 3339 time in quotes, as \"2024-01-31T12:00:00Z\"");
        return Leaf(new InstantLeaf(comparison, instant), Column is { } column ? instant.Compare(column, comparison) : null);
    }

    private FieldTest HasMember() => path.Field.MessageType == Struct.Descriptor
        ? Leaf(new HasKeyLeaf(value.Text), condition: null)
        : new FieldTest(path.BindField(value), condition: null);

    private DynamicLeaf Dynamic(Comparison comparison, bool has)
    {
        var element = has ? new TextTest(TextMatch.Equal, value.Text) : TextTestOf(comparison);
        var text = has && !path.Many ? new TextTest(TextMatch.Contains, value.Text) : element;
        return new DynamicLeaf(comparison, text, element, value.AsNumber(), Flag(), has ? value.Text : null);
    }

    private bool? Flag() => value.Written is null && bool.TryParse(value.Text, out var flag) && value.Text.Length == flag.ToString().Length ? flag : null;

    private FilterException NotA(string expected)
    {
        var hint = !value.IsQuoted && value.Text.StartsWith('\'') ? "; quotes are double ones" : string.Empty;
        return new FilterException(value.Position, $"found {value.Shown}, expected {expected}{hint}");
    }

    private FilterException Wrong(string type, string expected) => new(path.Position, $"found a field that is {type}, expected {expected} with it");
}
