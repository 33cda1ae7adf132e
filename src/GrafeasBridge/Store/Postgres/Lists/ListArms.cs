using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Postgres.Lists;

/// <summary>
/// By which indexes the rows of a list are walked in order of sequence: one arm for each key that the rows may have, the sharpest key that the
/// condition tells. Each arm holds at least the rows of its key that fulfil the condition; the arms together are merged by PostgreSQL.
/// </summary>
internal sealed class ListArms(PostgresSession session, ListSource source, ComposedSql command)
{
    /// <summary>More of them cost more to plan than a walk with fewer costs.</summary>
    private const int Most = 64;

    private const string KindsOfProject =
        """
        with recursive kinds (kind) as (
            (select kind from occurrences where project = $1 order by kind limit 1)
            union all
            select (select o.kind from occurrences o where o.project = $1 and o.kind > kinds.kind order by o.kind limit 1) from kinds where kinds.kind is not null)
        select kind from kinds where kind is not null
        """;

    private const string NotesNamed = "select key from note_names where id = any($1) order by key limit $2";

    /// <summary>True when the arms are of a key that few rows share.</summary>
    public bool AreSharp { get; private set; }

    /// <returns>The conditions of the arms; none when no row can fulfil the condition.</returns>
    public async Task<IReadOnlyList<string>> OfAsync(Condition condition)
    {
        if (condition is Condition.Never)
            return [];
        if (source.Note is { } note)
            return [OfNote(note)];
        if (!source.AreNotes && Values(condition, Column.ResourceUri) is { } resources)
            return Sharp(resources.Where(static value => !value.Contains('\0', StringComparison.Ordinal)).Select(OfResource));
        if (Values(condition, Column.NoteId) is { } ids && await NotesAsync(ids) is { } notes)
            return Sharp(notes.Select(key => $"{InProject()} and {source.NoteKey} = {ComposedSql.Key(key)}"));
        if (source.AreNotes)
            return [InProject()];
        var kinds = await session.Use(KindsOfProject).Add(source.Project!.Value).AllAsync(static row => row.Number(0));
        return [.. kinds.Where(kind => MayBe(condition, kind)).Select(kind => $"{InProject()} and r.kind = {ComposedSql.Key(kind)}")];
    }

    private IReadOnlyList<string> Sharp(IEnumerable<string> arms)
    {
        AreSharp = true;
        return [.. arms];
    }

    private string InProject() => $"r.project = {ComposedSql.Key(source.Project!.Value)}";

    private string OfNote(long note) =>
        $"r.note = {ComposedSql.Key(note)}" + (source.Projects is { } projects ? $" and r.project = any({command.Place(projects)})" : "");

    private string OfResource(string value)
    {
        var place = command.Place(value);
        return $"{InProject()} and left(r.resource_uri, 256) collate \"C\" = left({place}, 256) and r.resource_uri = {place}";
    }

    /// <returns>The keys; null when there are too many.</returns>
    private async Task<List<long>?> NotesAsync(IReadOnlyList<string> ids)
    {
        var known = ids.Where(static id => !id.Contains('\0', StringComparison.Ordinal)).ToArray();
        var keys = await session.Use(NotesNamed).Add(known).Add(Most + 1).AllAsync(static row => row.Number(0));
        return keys.Count > Most ? null : keys;
    }

    /// <returns>The values of which a text must be one, different from each other; null when it may be any, or one of too many.</returns>
    private static IReadOnlyList<string>? Values(Condition condition, Column column)
    {
        var found = condition switch
        {
            Condition.CompareText { Comparison: Comparison.Equal } one when one.Column == column => [one.Value],
            Condition.Any any => OfEach(any.Parts, column),
            Condition.All all => all.Parts.Select(part => Values(part, column)).OfType<IReadOnlyList<string>>().MinBy(values => values.Count),
            _ => null,
        };
        return found?.Count > Most ? null : found;
    }

    private static List<string>? OfEach(IReadOnlyList<Condition> parts, Column column)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            if (Values(part, column) is not { } values)
                return null;
            all.UnionWith(values);
        }

        return [.. all];
    }

    /// <summary>False when no row of the kind can fulfil the condition.</summary>
    private static bool MayBe(Condition condition, long kind) => condition switch
    {
        Condition.Never => false,
        Condition.All all => all.Parts.All(part => MayBe(part, kind)),
        Condition.Any any => any.Parts.Any(part => MayBe(part, kind)),
        Condition.CompareNumber { Column: Column.Kind } one => Comparisons.Holds(one.Comparison, kind.CompareTo(one.Value)),
        _ => true,
    };
}
