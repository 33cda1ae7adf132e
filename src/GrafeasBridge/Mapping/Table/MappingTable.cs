using Grafeas.V1;

namespace GrafeasBridge.Mapping.Table;

/// <summary>What to do when a version has several values for one attribute.</summary>
internal enum Several
{
    /// <summary>One value, of the newest event of the row's group.</summary>
    Newest,

    /// <summary>Every value of the newest event of the row's group.</summary>
    NewestSet,

    /// <summary>Every value of every occurrence.</summary>
    All,

    /// <summary>How many occurrences have the value <see cref="MappingRow.Equal"/>; absent without any of the kinds.</summary>
    Count,

    /// <summary>True when any occurrence says true, false when one says false.</summary>
    Any,
}

/// <summary>One row of the mapping table.</summary>
/// <param name="Kinds">The kinds of occurrence that it reads; empty for all.</param>
/// <param name="Group">Set exactly when <paramref name="Several"/> is Newest or NewestSet.</param>
/// <param name="Equal">Set exactly when <paramref name="Several"/> is Count.</param>
/// <param name="Written">The sources as written in the file, for people.</param>
internal sealed record MappingRow(
    string Attribute,
    AttributeType Type,
    Several Several,
    IReadOnlySet<NoteKind> Kinds,
    EventGroup? Group,
    string? Equal,
    IReadOnlyList<ValueSource> From,
    IReadOnlyList<string> Written)
{
    // Behind everything that can be a source.
    private const string FormerSource = "(a source that the table no longer has)";

    /// <summary>How a value of the source with this index came to be: shown by explain.</summary>
    public string Rule(int source) =>
        $"{SeveralName}{(Group is null ? string.Empty : " " + Group.Name)}: {SourceText(source)}";

    /// <summary>The place of a source as it is written; behind all others when the row no longer has it.</summary>
    public int SourceOf(string text)
    {
        for (var source = 0; source < From.Count; source++)
        {
            if (From[source].Text == text)
                return source;
        }

        return From.Count;
    }

    /// <summary>How the source with this index is written.</summary>
    public string SourceText(int source) => source < From.Count ? From[source].Text : FormerSource;

    public string SeveralName => Several switch
    {
        Several.Newest => "newest",
        Several.NewestSet => "newest-set",
        Several.All => "all",
        Several.Count => $"count {Equal}",
        Several.Any => "any",
        _ => throw new InvalidOperationException($"{Several} has no name."),
    };

    public bool Reads(NoteKind kind) => Kinds.Count == 0 || Kinds.Contains(kind);
}

/// <summary>
/// Rows about one kind of event, such as a build: their values all come from the newest event, so that the id of one build
/// is never combined with the log of another.
/// </summary>
/// <param name="About">An occurrence reports such an event when one of these holds something.</param>
/// <param name="Same">Occurrences of one project that agree here report the same event, and complete one another.</param>
/// <param name="Time">When the event happened; without it, when the occurrence was created.</param>
internal sealed record EventGroup(
    string Name,
    IReadOnlySet<NoteKind> Kinds,
    IReadOnlyList<OccurrencePath> About,
    IReadOnlyList<OccurrencePath> Same,
    IReadOnlyList<OccurrencePath> Time);

/// <summary>The whole table, checked.</summary>
internal sealed record MappingTable(IReadOnlyList<MappingRow> Rows, IReadOnlyList<EventGroup> Groups);
