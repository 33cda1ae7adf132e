using System.Text.Json.Nodes;
using BintrayEmulator.Attributes;
using BintrayEmulator.Storage;

namespace BintrayEmulator.Routing;

/// <summary>A page of the history. Bounded in entries and in bytes: a page with fewer entries than asked for need not be the last.</summary>
internal static class HistoryPage
{
    public const int DefaultEntries = 100;
    public const int MaxEntries = 1000;
    private const int MaxCharacters = 8 * 1024 * 1024;

    /// <summary>Entries behind <paramref name="after"/>; <c>next</c> asks for those behind them, and there are none when it is <c>last</c>.</summary>
    public static JsonObject Json(Session session, long after, int limit)
    {
        var entries = new JsonArray();
        var next = after;
        var characters = 0;
        foreach (var entry in session.History(after, limit))
        {
            characters += entry.Attributes.Length;
            if (characters > MaxCharacters && entries.Count > 0)
                break;

            entries.Add(Entry(entry));
            next = entry.Sequence;
        }

        return new JsonObject
        {
            ["entries"] = entries,
            ["next"] = next,
            ["last"] = session.LastOfHistory(),
            ["truncated"] = session.IsHistoryTruncated(),
        };
    }

    private static JsonObject Entry(HistoryEntry entry) => new()
    {
        ["sequence"] = entry.Sequence,
        ["time"] = AttributeDates.Write(entry.Time),
        ["subject"] = entry.Subject,
        ["repo"] = entry.Repo,
        ["package"] = entry.Package,
        ["version"] = entry.Version,
        ["verb"] = entry.Verb,
        ["attributes"] = JsonNode.Parse(entry.Attributes),
    };
}
