using System.Text;
using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Postgres.Lists;

/// <summary>
/// A range of resources or of times that holds every row of a project that fulfils a condition. It is read as a whole, out of order, so it pays
/// where a walk in order finds little.
/// </summary>
internal static class ListRange
{
    private const string LargestCharacter = "\U0010FFFF";

    /// <returns>What the rows of the range fulfil; null when the condition tells no range.</returns>
    public static string? Of(Condition condition, ListSource source, ComposedSql command)
    {
        if (source.AreNotes || source.Project is not { } project)
            return null;
        var parts = condition is Condition.All all ? all.Parts : [condition];
        var ends = parts.SelectMany(part => OfResource(part, command)).ToList();
        if (ends.Count == 0)
            ends = [.. parts.Select(part => OfTime(part, command)).OfType<string>()];
        return ends.Count == 0 ? null : $"r.project = {ComposedSql.Key(project)} and {string.Join(" and ", ends)}";
    }

    private static string? OfTime(Condition part, ComposedSql command) => part is Condition.CompareNumber { Column: Column.CreateTime } one
        ? one.Comparison switch
        {
            Comparison.Equal => $"r.create_time = {command.Place(one.Value)}",
            Comparison.Less or Comparison.LessOrEqual => $"r.create_time <= {command.Place(one.Value)}",
            Comparison.Greater or Comparison.GreaterOrEqual => $"r.create_time >= {command.Place(one.Value)}",
            _ => null,
        }
        : null;

    private static IEnumerable<string> OfResource(Condition part, ComposedSql command) => part switch
    {
        Condition.StartsWith { Column: Column.ResourceUri, Prefix.Length: > 0 } one => [From(one.Prefix, command), UpTo(Filled(Start(one.Prefix)), command)],
        Condition.CompareText { Column: Column.ResourceUri } one => one.Comparison switch
        {
            Comparison.Less or Comparison.LessOrEqual => [UpTo(Start(one.Value), command)],
            Comparison.Greater or Comparison.GreaterOrEqual when one.Value.Length > 0 => [From(one.Value, command)],
            _ => [],
        },
        _ => [],
    };

    private static string From(string value, ComposedSql command) => $"left(r.resource_uri, 256) collate \"C\" >= {command.Place(Start(value))}";

    private static string UpTo(string start, ComposedSql command) => $"left(r.resource_uri, 256) collate \"C\" <= {command.Place(start)}";

    /// <summary>What the index keeps of a text. No stored one holds a NUL: what lies before "a\0b" lies before or at "a".</summary>
    private static string Start(string value)
    {
        var text = new StringBuilder();
        foreach (var rune in value.EnumerateRunes().TakeWhile(static rune => rune.Value != 0).Take(PostgresSchema.ResourcePrefix))
            text.Append(rune.ToString());
        return text.ToString();
    }

    /// <summary>The last text that begins so, as the index keeps it.</summary>
    private static string Filled(string start)
    {
        var free = PostgresSchema.ResourcePrefix - start.EnumerateRunes().Count();
        return start + string.Concat(Enumerable.Repeat(LargestCharacter, free));
    }
}
