namespace GrafeasBridge.Store.Sqlite;

/// <summary>Notes by name, and what the occurrences ask of them.</summary>
internal static class Notes
{
    private static readonly Sql Insert = new("insert into notes (name, project, kind, content, original, content_sum) values (?, ?, ?, ?, ?, ?)");
    private static readonly Sql SetContent = new("update notes set content = ?, original = ?, content_sum = ? where name = ?");
    private static readonly Sql Remove = new("delete from notes where name = ?");
    private static readonly Sql KindOf = new("select kind from notes where name = ?");
    private static readonly Sql MessageOf = new("select content, original, content_sum from notes where name = ?");

    public static bool Add(WriteSession session, IReadOnlyList<NewNote> notes)
    {
        for (var i = 0; i < notes.Count; i++)
        {
            var note = notes[i];
            if (Find(session, note.Project, note.Id) is not null)
                throw StoreRefusals.NoteExists(note, i);
            var project = NameKeys.Project(session, note.Project);
            var name = NameKeys.Note(session, project, note.Id);
            session.Use(Insert).Add(name).Add(project).Add(note.Kind).Add(note.Content).AddOrNull(note.Original)
                .Add(ContentSum.Of(note.Content, note.Original)).Run();
            session.Notes.Keep((note.Project, note.Id), new NoteKey(name, note.Kind));
        }

        return true;
    }

    public static StoredMessage Update(
        WriteSession session, string project, string id, Func<StoredMessage, StoredMessage> change)
    {
        var note = Find(session, project, id) ?? throw StoreRefusals.NoteNotFound(project, id);
        var changed = change(Message(session.Database, note.Name)!);
        session.Use(SetContent).Add(changed.Content).AddOrNull(changed.Original)
            .Add(ContentSum.Of(changed.Content, changed.Original)).Add(note.Name).Run();
        return changed;
    }

    public static bool Delete(WriteSession session, string project, string id)
    {
        var note = Find(session, project, id) ?? throw StoreRefusals.NoteNotFound(project, id);
        session.Use(Remove).Add(note.Name).Run();
        session.Notes.Remove((project, id));
        return true;
    }

    /// <summary>The note as an occurrence needs it; null when it is not there. Writes nothing.</summary>
    public static NoteKey? Find(WriteSession session, string project, string id)
    {
        if (session.Notes.TryGet((project, id), out var note))
            return note;
        if (NameKeys.KnownProject(session, project) is not { } key || NameKeys.Note(session.Database, key, id) is not { } name)
            return null;
        if (session.Use(KindOf).Add(name).RunForNumber() is not { } kind)
            return null;
        return session.Notes.Keep((project, id), new NoteKey(name, (int)kind));
    }

    public static StoredMessage? Message(SqliteDatabase database, string project, string id) =>
        NameKey(database, project, id) is { } name ? Message(database, name) : null;

    public static long? NameKey(SqliteDatabase database, string project, string id) =>
        NameKeys.Project(database, project) is { } key ? NameKeys.Note(database, key, id) : null;

    private static StoredMessage? Message(SqliteDatabase database, long name)
    {
        using var row = database.Use(MessageOf).Add(name);
        return row.Step() ? row.Message(0) : null;
    }
}
