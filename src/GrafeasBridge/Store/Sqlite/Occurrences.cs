namespace GrafeasBridge.Store.Sqlite;

/// <summary>Writes occurrences. What an occurrence means for versions is in <see cref="Links"/> and <see cref="VersionTable"/>.</summary>
internal static class Occurrences
{
    private static readonly Sql Insert = new(
        """
        insert into occurrences (project, note, kind, create_time, id, resource_uri, request_id, content_hash, content, original,
        created_digest, content_sum) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (project, id) do nothing
        """);

    internal static readonly Sql ByRequest = new(
        "select seq, id, content_hash, content, original, content_sum, create_time, created_digest from occurrences where project = ? and request_id = ?");

    private static readonly Sql SetContent = new("update occurrences set content = ?, original = ?, content_sum = ? where seq = ?");
    private static readonly Sql RemoveRow = new("delete from occurrences where seq = ?");

    internal static readonly Sql SequenceByName = new("select seq from occurrences where project = ? and id = ?");

    internal static readonly Sql CreationByName = new(
        "select seq, create_time, created_digest, content, original, content_sum from occurrences where project = ? and id = ?");

    internal static readonly Sql ByName = new("select seq, kind, content, original, content_sum from occurrences where project = ? and id = ?");

    /// <param name="digests">Of the contents, made by the caller: the writer's time is everybody's.</param>
    public static IReadOnlyList<AddedOccurrence> Add(WriteSession session, IReadOnlyList<NewOccurrence> occurrences, byte[][] digests)
    {
        // Every refusal comes before the first write.
        var repeats = new Repeats(occurrences.Count);
        for (var i = 0; i < occurrences.Count; i++)
            Check(session, occurrences[i], i, repeats);

        var dirty = new DirtyVersions();
        var added = new AddedOccurrence[occurrences.Count];
        for (var i = 0; i < added.Length; i++)
            added[i] = repeats.Of(i, added) ?? AddOne(session, occurrences[i], digests[i], i, dirty);
        dirty.Mark(session, occurrences.Count > 0 ? occurrences[^1].TraceParent : null);
        return added;
    }

    public static StoredMessage Update(WriteSession session, string project, string id, Func<StoredMessage, NewOccurrence> change)
    {
        var (key, sequence, kind, message) = Find(session, project, id);
        var changed = change(message);
        if (changed.Kind != kind)
            throw StoreRefusals.KindFixed(project, id);

        var dirty = new DirtyVersions();
        Links.Remove(session, key, sequence, dirty);
        session.Use(SetContent).Add(changed.Content).AddOrNull(changed.Original)
            .Add(ContentSum.Of(changed.Content, changed.Original)).Add(sequence).Run();
        Links.Add(session, key, sequence, changed.VersionResolution, dirty);
        dirty.Mark(session, changed.TraceParent);
        return new StoredMessage(changed.Content, changed.Original);
    }

    public static bool Delete(WriteSession session, string project, string id)
    {
        // Not read: what is damaged can be deleted.
        if (Names.KnownProject(session, project) is not { } key || SequenceOf(session.Database, key, id) is not { } sequence)
            throw StoreRefusals.OccurrenceNotFound(project, id);
        var dirty = new DirtyVersions();
        Remove(session, key, sequence, dirty);
        dirty.Mark(session, traceParent: null);
        return true;
    }

    /// <summary>Removes the row and all that hangs on it.</summary>
    /// <param name="dirty">Takes the versions that it concerned.</param>
    public static void Remove(WriteSession session, long project, long sequence, DirtyVersions dirty)
    {
        Links.Remove(session, project, sequence, dirty);
        session.Use(RemoveRow).Add(sequence).Run();
    }

    public static long? SequenceOf(SqliteDatabase database, long project, string id) =>
        database.Use(SequenceByName).Add(project).Add(id).RunForNumber();

    private static void Check(WriteSession session, NewOccurrence occurrence, int index, Repeats repeats)
    {
        if (repeats.IsRepeat(session, occurrence, index))
            return;
        if (Notes.Find(session, occurrence.NoteProject, occurrence.NoteId) is not { } note)
            throw StoreRefusals.NoteNotFound(occurrence.NoteProject, occurrence.NoteId, index);
        if (note.Kind != occurrence.Kind)
            throw StoreRefusals.KindMismatch(occurrence, note.Kind, index);
    }

    private static AddedOccurrence AddOne(WriteSession session, NewOccurrence occurrence, byte[] digest, int index, DirtyVersions dirty)
    {
        var note = Notes.Find(session, occurrence.NoteProject, occurrence.NoteId)!.Value;
        var project = Names.Project(session, occurrence.Project);
        var inserted = session.Use(Insert)
            .Add(project).Add(note.Name).Add(occurrence.Kind).Add(occurrence.CreateTime).Add(occurrence.Id)
            .Add(occurrence.ResourceUri).Add(occurrence.RequestId).Add(occurrence.ContentHash).Add(occurrence.Content)
            .AddOrNull(occurrence.Original).Add(digest).Add(ContentSum.Of(occurrence.Content, occurrence.Original))
            .Run();
        if (inserted == 0)
            throw StoreRefusals.OccurrenceExists(occurrence, index);
        var sequence = session.Database.LastInsertId;
        session.Blocks.Keep(session.Database, sequence, occurrence.CreateTime);
        var reason = Links.Add(session, project, sequence, occurrence.VersionResolution, dirty);
        var creation = new Creation(occurrence.Name, sequence, occurrence.CreateTime, digest);
        return new AddedOccurrence(new StoredMessage(occurrence.Content, occurrence.Original), Repeated: false, reason, creation);
    }

    private static (long Project, long Sequence, int Kind, StoredMessage Message) Find(WriteSession session, string project, string id)
    {
        if (Names.KnownProject(session, project) is { } key)
        {
            using var row = session.Use(ByName).Add(key).Add(id);
            if (row.Step())
                return (key, row.Number(0), (int)row.Number(1), row.Message(2));
        }

        throw StoreRefusals.OccurrenceNotFound(project, id);
    }
}
