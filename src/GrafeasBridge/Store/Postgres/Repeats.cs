namespace GrafeasBridge.Store.Postgres;

/// <summary>Recognises requests that were sent before, in the store or earlier in the same operation.</summary>
internal sealed class Repeats
{
    private Dictionary<(string Project, string RequestId), int>? seen;
    private HashSet<(string Project, string Id)>? ids;

    /// <returns>The answer for what is stored already; null when nothing is.</returns>
    /// <exception cref="StoreException">AlreadyExists: its request id was used for other content.</exception>
    public static AddedOccurrence? Stored(GroupLookup reading, NewOccurrence occurrence, int index)
    {
        if (reading.Request(occurrence) is not { } request)
            return null;
        var name = StoredNames.Occurrence(occurrence.Project, request.Id);
        if (!request.Hash.AsSpan().SequenceEqual(occurrence.ContentHash))
            throw StoreRefusals.RequestConflict(occurrence.RequestId!, name, index);
        var creation = new Creation(name, request.Sequence, request.Time, request.Digest);
        return request.Message is { } message
            ? new AddedOccurrence(ContentSum.Check(message, request.Sum), Repeated: true, request.Reason, creation)
            : new AddedOccurrence(new StoredMessage([]), Repeated: true, UnmappedReason: null, creation) { IsCompacted = true };
    }

    /// <returns>The place of the same request earlier in the operation; null when there is none.</returns>
    /// <exception cref="StoreException">AlreadyExists: a request id or a name is there twice.</exception>
    public int? Earlier(CreateOperation operation, int index)
    {
        if (operation.Occurrences.Count == 1)
            return null;
        var occurrence = operation.Occurrences[index];
        if (occurrence.RequestId is { } requestId && !(seen ??= []).TryAdd((occurrence.Project, requestId), index))
        {
            var earlier = seen[(occurrence.Project, requestId)];
            return operation.Occurrences[earlier].ContentHash.AsSpan().SequenceEqual(occurrence.ContentHash)
                ? earlier
                : throw StoreRefusals.RequestConflict(requestId, $"item {earlier} of this batch", index);
        }

        if (!(ids ??= []).Add((occurrence.Project, occurrence.Id)))
            throw StoreRefusals.OccurrenceExists(occurrence, index);
        return null;
    }
}
