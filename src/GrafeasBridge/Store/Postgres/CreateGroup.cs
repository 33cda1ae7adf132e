namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Operations that share one transaction: one batch of commands reads what they must know, then each is decided on by itself, and another
/// batch writes for all that were not refused, and commits. Only digests need more, since what they are known to be can be read only when they
/// are locked. No two operations of a group store the same request or the same name.
/// </summary>
/// <param name="lookForTakenIds">Another run met a name that was taken.</param>
internal sealed class CreateGroup(PostgresSession session, KnownNames known, List<CreateOperation> group, bool lookForTakenIds)
{
    private readonly Names names = new(known);
    private readonly NewRows rows = new();
    private readonly List<NewUpload> uploads = [];
    private readonly List<(CreateOperation Operation, int Index, int Earlier)> repeated = [];

    /// <summary>True from when the commit is on its way: what happens then nobody here can know.</summary>
    public bool IsCommitting { get; private set; }

    /// <returns>When the last batch went off.</returns>
    public async Task<long> RunAsync(TimeProvider clock)
    {
        var reading = new GroupReading(group, lookForTakenIds);
        var first = new PostgresBatch(session).Do("begin");
        reading.Ask(first, names);
        await first.RunAsync();
        foreach (var operation in group)
            Decide(operation, reading);

        var links = new Links(names, rows.Linked);
        await links.ResolveAsync(session);
        var last = new PostgresBatch(session);
        rows.AddTo(last);
        links.AddTo(last);
        Uploads.AddTo(last, uploads, names);
        links.Dirty.AddTo(last, session);
        last.Do("commit");
        IsCommitting = true;
        var started = clock.GetTimestamp();
        await last.RunAsync();
        names.Keep();
        Tell();
        return started;
    }

    private void Decide(CreateOperation operation, GroupReading reading)
    {
        operation.Begin();
        try
        {
            var repeats = new Repeats();
            var earlier = operation.Occurrences.Count <= 256 ? stackalloc int[operation.Occurrences.Count] : new int[operation.Occurrences.Count];
            for (var i = 0; i < operation.Occurrences.Count; i++)
                earlier[i] = Check(operation, i, reading, repeats);
            Accept(operation, earlier, reading);
        }
        catch (StoreException refusal)
        {
            operation.Refusal = refusal;
        }
    }

    /// <returns>The place of the same request earlier in the operation; -1 when there is none.</returns>
    private static int Check(CreateOperation operation, int index, GroupReading reading, Repeats repeats)
    {
        var occurrence = operation.Occurrences[index];
        if ((operation.Added[index] = Repeats.Stored(reading, occurrence, index)) is not null)
            return -1;
        if (repeats.Earlier(operation, index) is { } earlier)
            return earlier;
        if (reading.Note(occurrence) is not { } note)
            throw StoreRefusals.NoteNotFound(occurrence.NoteProject, occurrence.NoteId, index);
        if (note.Kind != occurrence.Kind)
            throw StoreRefusals.KindMismatch(occurrence, note.Kind, index);
        if (reading.IsTaken(occurrence))
            throw StoreRefusals.OccurrenceExists(occurrence, index);
        return -1;
    }

    private void Accept(CreateOperation operation, ReadOnlySpan<int> earlier, GroupReading reading)
    {
        if (operation.Upload is { } upload)
            uploads.Add(upload);
        for (var i = 0; i < earlier.Length; i++)
        {
            if (earlier[i] >= 0)
                repeated.Add((operation, i, earlier[i]));
            else if (operation.Added[i] is null)
                Accept(operation, i, reading);
        }
    }

    private void Accept(CreateOperation operation, int index, GroupReading reading)
    {
        var occurrence = operation.Occurrences[index];
        var linked = new LinkedRow(names.Project(occurrence.Project), reading.NextPlace(), occurrence.VersionResolution, occurrence.TraceParent);
        rows.Add(operation, index, reading.Note(occurrence)!.Value.Name, linked);
    }

    private void Tell()
    {
        rows.Tell();
        foreach (var (operation, index, earlier) in repeated)
            operation.Added[index] = operation.Added[earlier]! with { Repeated = true };
    }
}
