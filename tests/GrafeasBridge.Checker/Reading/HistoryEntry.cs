using System.Text.Json;
using GrafeasBridge.Checker.Mapping;

namespace GrafeasBridge.Checker.Reading;

/// <summary>What a version carried after one change.</summary>
/// <param name="Verb">A method, <c>create</c> or <c>delete</c>, or the fault that changed it.</param>
internal sealed record HistoryEntry(long Sequence, DateTimeOffset Time, string Verb, TargetVersion State)
{
    /// <summary>The verbs of changes that no bridge made.</summary>
    public bool IsFault => Verb is "lateLoss" or "deleteVersion" or "delete";

    public override string ToString() => $"history {Sequence} at {Time:O} ({Verb})";

    /// <exception cref="JsonException">It is not of the history's form.</exception>
    public static HistoryEntry Of(JsonElement entry)
    {
        if (!Content.Get(entry, "sequence").TryGetInt64(out var sequence) || Instant.Parse(Content.Text(entry, "time")) is not { } time)
            throw new JsonException("An entry has no 'sequence' or no 'time'.");
        return new HistoryEntry(sequence, time.ToTime(), Content.Text(entry, "verb"), TargetVersion.Of(entry));
    }
}

/// <summary>Reads a history in order, an entry at a time: from a file of entries or pages, or from the emulator.</summary>
internal sealed class History
{
    private long last;

    /// <summary>Entries of one JSON value: an entry, or a page of them.</summary>
    /// <exception cref="BadInputException">It is neither, its oldest entries are gone, or it leaves some out.</exception>
    public IEnumerable<HistoryEntry> Read(JsonElement value, string place)
    {
        if (Content.Get(value, "truncated").ValueKind == JsonValueKind.True)
            throw new BadInputException($"{place}: the oldest entries of the history are gone. Give the emulator a larger Emulator:HistoryLimit.");
        IEnumerable<JsonElement> entries = Content.Get(value, "entries") is { ValueKind: JsonValueKind.Array } page ? page.EnumerateArray() : [value];
        foreach (var entry in entries)
            yield return Next(entry, place);
    }

    public IEnumerable<HistoryEntry> ReadFile(string path)
    {
        using var stream = Lines.Open(path);
        foreach (var line in Lines.Read(stream, path))
        {
            using var document = Parse(line.Bytes, $"{path}:{line.Number}");
            foreach (var entry in Read(document.RootElement, $"{path}:{line.Number}"))
                yield return entry;
        }
    }

    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string place)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new BadInputException($"{place} is no entry of a history: {e.Message}");
        }
    }

    private HistoryEntry Next(JsonElement json, string place)
    {
        HistoryEntry entry;
        try
        {
            entry = HistoryEntry.Of(json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new BadInputException($"{place} is no entry of a history: {e.Message}");
        }

        if (entry.Sequence != last + 1)
            throw new BadInputException($"{place}: entry {entry.Sequence} comes after {last}; a history begins with 1 and leaves none out.");
        last = entry.Sequence;
        return entry;
    }
}
