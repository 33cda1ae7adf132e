using System.Globalization;
using System.Text;

namespace GrafeasBridge.Store.Postgres;

/// <summary>A command that is composed of fixed text, with the values of its parameters.</summary>
internal sealed class ComposedSql
{
    private readonly StringBuilder text = new();
    private readonly List<Action<PostgresCommand>> values = [];

    /// <summary>
    /// A key of the database's own, in the text itself: the planner sees how many rows have it, and does not scan all rows in search of the few
    /// of a small project.
    /// </summary>
    public static string Key(long key) => key.ToString(CultureInfo.InvariantCulture);

    /// <summary>Adds a value as the next parameter.</summary>
    /// <returns>Its placeholder: $1, $2.</returns>
    public string Place(long value) => Place(command => command.Add(value));

    public string Place(string value) => Place(command => command.Add(value));

    public string Place(long[] value) => Place(command => command.Add(value));

    public string Place(string[] value) => Place(command => command.Add(value));

    public ComposedSql Append(string words)
    {
        text.Append(words);
        return this;
    }

    /// <param name="before">Text before it, such as <c>explain</c>.</param>
    public PostgresCommand On(PostgresSession session, string before = "")
    {
        var command = session.Use(before + text);
        foreach (var value in values)
            value(command);
        return command;
    }

    public override string ToString() => text.ToString();

    private string Place(Action<PostgresCommand> value)
    {
        values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${values.Count}");
    }
}
