namespace GrafeasBridge.Filtering;

/// <summary>What the store keeps beside a message, so that it can be looked up without reading the message.</summary>
internal enum Column
{
    Kind,
    ResourceUri,
    NoteProject,
    NoteId,
    CreateTime,

    // Of versions.
    State,
    Target,
    Subject,
    Repo,
    Package,
    Version,
}

/// <summary>How a column stands to a value. Texts stand in the order of their code points, which is that of their UTF-8.</summary>
internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>What a filter demands of columns alone. <see cref="All"/> and <see cref="Any"/> have two parts or more.</summary>
internal abstract record Condition
{
    private Condition()
    {
    }

    /// <summary>Demands nothing.</summary>
    internal sealed record Always : Condition;

    /// <summary>No row can fulfil it.</summary>
    internal sealed record Never : Condition;

    internal sealed record All(IReadOnlyList<Condition> Parts) : Condition;

    internal sealed record Any(IReadOnlyList<Condition> Parts) : Condition;

    internal sealed record CompareText(Column Column, Comparison Comparison, string Value) : Condition;

    /// <param name="Value">Of a kind or a state: the store's number. Of a time: UTC ticks of 100 ns, as of DateTime.</param>
    internal sealed record CompareNumber(Column Column, Comparison Comparison, long Value) : Condition;

    internal sealed record StartsWith(Column Column, string Prefix) : Condition;

    internal sealed record EndsWith(Column Column, string Suffix) : Condition;

    internal sealed record Contains(Column Column, string Text) : Condition;

    /// <param name="Part">A StartsWith, EndsWith or Contains; everything else is negated within itself.</param>
    internal sealed record Not(Condition Part) : Condition;
}
