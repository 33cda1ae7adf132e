using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Grafeas.V1;
using GrafeasBridge.Mapping.Folding;

namespace GrafeasBridge.Mapping.Table;

/// <summary>Turns a file into a table and checks every name, type and path in it.</summary>
internal sealed partial class MappingTableBuilder
{
    private const int MaxRows = 500;
    private const int MaxSources = 64;
    private static readonly FrozenDictionary<string, NoteKind> KindNames = Enum.GetValues<NoteKind>()
        .Where(k => k != NoteKind.Unspecified)
        .ToFrozenDictionary(k => NoteKindName(k), StringComparer.Ordinal);

    private readonly MappingTableFile file;
    private readonly Readers readers;

    private MappingTableBuilder(MappingTableFile file, Readers readers)
    {
        this.file = file;
        this.readers = readers;
    }

    /// <exception cref="MappingTableException">With a sentence that names the row, the source and the remedy.</exception>
    public static MappingTable Build(MappingTableFile file, Readers readers) => new MappingTableBuilder(file, readers).Build();

    private MappingTable Build()
    {
        if (file.Rows.Count is 0 or > MaxRows)
            throw Wrong($"has {file.Rows.Count} rows; there must be 1 to {MaxRows}");
        if (file.Rows.GroupBy(r => r.Attribute, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw Wrong($"has two rows for attribute {twice.Key}; keep one, with the sources of both");
        if (file.Groups.GroupBy(s => s.Group, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } again)
            throw Wrong($"has two groups {again.Key}; keep one");

        var groups = file.Groups.Select(Group).ToDictionary(s => s.Name, StringComparer.Ordinal);
        return new MappingTable([.. file.Rows.Select(row => Row(row, groups))], [.. groups.Values]);
    }

    private EventGroup Group(EventGroupEntry entry)
    {
        var where = $"group {entry.Group}";
        if (entry.Kinds.Length == 0 || entry.About.Length == 0)
            throw Wrong($"{where}: \"kinds\" and \"about\" must each name something");
        return new EventGroup(
            entry.Group,
            Kinds(where, entry.Kinds),
            Paths(where, entry.About, messagesToo: true),
            Paths(where, entry.Same, messagesToo: false),
            Paths(where, entry.Time, messagesToo: false));
    }

    private MappingRow Row(RowEntry entry, Dictionary<string, EventGroup> groups)
    {
        var where = $"row {entry.Attribute}";
        if (!AttributeName().IsMatch(entry.Attribute))
            throw Wrong($"{where}: the name must begin with a letter, hold letters, digits and . _ - only, and be at most 255 long");
        var type = TypeOf(where, entry.Type);
        var several = SeveralOf(where, entry.Several);
        var sources = Sources(where, entry.From);
        CheckCombination(where, entry, type, several);
        CheckConstants(where, entry, type, several, sources);

        EventGroup? group = null;
        if (entry.Group is not null && !groups.TryGetValue(entry.Group, out group))
            throw Wrong($"{where}: there is no group '{entry.Group}'");
        return new MappingRow(
            entry.Attribute, type, several, group?.Kinds ?? Kinds(where, entry.Kinds), group, entry.Equal, sources, entry.From);
    }

    private void CheckCombination(string where, RowEntry entry, AttributeType type, Several several)
    {
        var needsGroup = several is Several.Newest or Several.NewestSet;
        if (needsGroup && entry.Group is null)
            throw Wrong($"{where}: several '{entry.Several}' needs a \"group\"");
        if (!needsGroup && entry.Group is not null)
            throw Wrong($"{where}: several '{entry.Several}' has no group; name \"kinds\" instead");
        if (entry.Group is not null && entry.Kinds.Length > 0)
            throw Wrong($"{where}: its kinds are those of group {entry.Group}; leave \"kinds\" out");
        if (several == Several.Count && (type != AttributeType.Number || string.IsNullOrEmpty(entry.Equal)))
            throw Wrong($"{where}: several 'count' needs type number and \"equals\"");
        if (several != Several.Count && entry.Equal is not null)
            throw Wrong($"{where}: \"equals\" belongs to several 'count'");
        if (several == Several.Any && type != AttributeType.Boolean)
            throw Wrong($"{where}: several 'any' needs type boolean");
    }

    // A count compares texts, so its constants may be anything.
    private void CheckConstants(string where, RowEntry entry, AttributeType type, Several several, IReadOnlyList<ValueSource> sources)
    {
        if (several == Several.Count)
            return;
        if (sources.FirstOrDefault(s => s.Constant is not null && Canonical.Text(type, s.Constant) is null) is { } wrong)
            throw Wrong($"{where}: source '{wrong.Text}' gives '{wrong.Constant}', which is no {entry.Type}");
    }

    private IReadOnlyList<ValueSource> Sources(string where, string[] written)
    {
        var texts = written.SelectMany(text => Expand(where, text)).ToList();
        if (texts.Count is 0 or > MaxSources)
            throw Wrong($"{where}: \"from\" names {texts.Count} sources; there must be 1 to {MaxSources}");
        return [.. texts.Select(text => Checked(where, text, () => ValueSource.Parse(text, readers)))];
    }

    private List<OccurrencePath> Paths(string where, string[] written, bool messagesToo)
    {
        var paths = written
            .SelectMany(text => Expand(where, text))
            .Select(text => Checked(where, text, () => OccurrencePathParser.Parse(text)))
            .ToList();
        if (!messagesToo && paths.Find(p => p.EndsInMessage) is { } wrong)
            throw Wrong($"{where}: '{wrong.Text}' ends in a message, not in a value");
        return paths;
    }

    // {slsa1}.x, also inside url(…): one text for each beginning that the name stands for.
    private IEnumerable<string> Expand(string where, string text)
    {
        var open = text.IndexOf('{', StringComparison.Ordinal);
        var close = text.IndexOf('}', StringComparison.Ordinal);
        if (open < 0 || close < open || text.StartsWith('='))
            return [text];
        var name = text[(open + 1)..close];
        if (!file.Roots.TryGetValue(name, out var beginnings))
            throw Wrong($"{where}, source '{text}': there is no root '{name}'; there is {string.Join(", ", file.Roots.Keys)}");
        return beginnings.Select(b => text[..open] + b + text[(close + 1)..]);
    }

    private T Checked<T>(string where, string text, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException e)
        {
            throw Wrong($"{where}, source '{text}': {e.Message}", e);
        }
    }

    private FrozenSet<NoteKind> Kinds(string where, string[] names)
    {
        if (Array.Find(names, n => !KindNames.ContainsKey(n)) is { } wrong)
            throw Wrong($"{where}: kind '{wrong}' is not known; there is {string.Join(", ", KindNames.Keys.Order(StringComparer.Ordinal))}");
        return names.Select(n => KindNames[n]).ToFrozenSet();
    }

    private AttributeType TypeOf(string where, string text) => text switch
    {
        "string" => AttributeType.String,
        "number" => AttributeType.Number,
        "boolean" => AttributeType.Boolean,
        "date" => AttributeType.Date,
        "version" => AttributeType.Version,
        _ => throw Wrong($"{where}: type '{text}' is not known; there is string, number, boolean, date, version"),
    };

    private Several SeveralOf(string where, string text) => text switch
    {
        "newest" => Several.Newest,
        "newest-set" => Several.NewestSet,
        "all" => Several.All,
        "count" => Several.Count,
        "any" => Several.Any,
        _ => throw Wrong($"{where}: several '{text}' is not known; there is newest, newest-set, all, count, any"),
    };

    private MappingTableException Wrong(string problem, Exception? cause = null) => new($"{file.Source}: {problem}.", cause);

    internal static string NoteKindName(NoteKind kind) =>
        CommonReflection.Descriptor.EnumTypes.Single(e => e.Name == nameof(NoteKind)).FindValueByNumber((int)kind).Name;

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9._-]{0,254}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AttributeName();
}
