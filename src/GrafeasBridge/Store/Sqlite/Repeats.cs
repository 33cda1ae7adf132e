namespace GrafeasBridge.Store.Sqlite;

/// <summary>Recognises requests that were sent before, in the store or earlier in the same batch.</summary>
internal sealed class Repeats(int count)
{
    private AddedOccurrence?[]? stored;
    private int[]? first;
    private Dictionary<(string Project, string RequestId), (int Index, byte[] Hash)>? seen;

    /// <summary>True when the occurrence need not be stored. Writes nothing.</summary>
    /// <exception cref="StoreException">AlreadyExists: its request id was used for other content.</exception>
    public bool IsRepeat(WriteSession session, NewOccurrence occurrence, int index)
    {
        if (occurrence.RequestId is not { } requestId)
            return false;
        if (FindStored(session, occurrence, requestId, index) is { } found)
        {
            (stored ??= new AddedOccurrence?[count])[index] = found;
            return true;
        }

        if (count == 1)
            return false;
        seen ??= [];
        if (seen.TryAdd((occurrence.Project, requestId), (index, occurrence.ContentHash)))
            return false;
        var earlier = seen[(occurrence.Project, requestId)];
        if (!earlier.Hash.AsSpan().SequenceEqual(occurrence.ContentHash))
            throw StoreRefusals.RequestConflict(requestId, $"item {earlier.Index} of this batch", index);
        (first ??= new int[count])[index] = earlier.Index + 1;
        return true;
    }

    /// <summary>What a repeat is answered with; null when the occurrence is new.</summary>
    /// <param name="added">The answers before this one.</param>
    public AddedOccurrence? Of(int index, AddedOccurrence[] added)
    {
        if (stored?[index] is { } found)
            return found;
        return first?[index] is > 0 and var place ? added[place - 1] with { Repeated = true } : null;
    }

    private static AddedOccurrence? FindStored(WriteSession session, NewOccurrence occurrence, string requestId, int index)
    {
        if (NameKeys.KnownProject(session, occurrence.Project) is not { } key)
            return null;
        using var row = session.Use(Occurrences.ByRequest).Add(key).Add(requestId);
        if (!row.Step())
            return FindCompacted(session, occurrence, requestId, key, index);
        var name = StoredNames.Occurrence(occurrence.Project, row.Text(1));
        if (!row.Bytes(2).AsSpan().SequenceEqual(occurrence.ContentHash))
            throw StoreRefusals.RequestConflict(requestId, name, index);
        var reason = OccurrenceLinks.UnmappedReason(session.Database, key, row.Number(0));
        var creation = new Creation(name, row.Number(0), row.Time(6), row.BytesOrNull(7));
        return new AddedOccurrence(row.Message(3), Repeated: true, reason, creation);
    }

    private static AddedOccurrence? FindCompacted(WriteSession session, NewOccurrence occurrence, string requestId, long project, int index)
    {
        using var row = session.Use(CompactedVersions.ByRequest).Add(project).Add(requestId);
        if (!row.Step())
            return null;
        var name = StoredNames.Occurrence(occurrence.Project, row.Text(1));
        if (!row.Bytes(2).AsSpan().SequenceEqual(occurrence.ContentHash))
            throw StoreRefusals.RequestConflict(requestId, name, index);
        var creation = new Creation(name, row.Number(0), row.Time(3), row.BytesOrNull(4));
        return new AddedOccurrence(new StoredMessage([]), Repeated: true, UnmappedReason: null, creation) { IsCompacted = true };
    }
}
