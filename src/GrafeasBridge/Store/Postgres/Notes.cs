namespace GrafeasBridge.Store.Postgres;

/// <summary>Notes by name. What occurrences ask of them is in <see cref="GroupLookup"/>.</summary>
internal static class Notes
{
    private const string MakeName =
        "insert into note_names (project, id) select p.key, $2 from project_names p where p.name = $1 on conflict do nothing";

    private const string Insert =
        $"""
        insert into notes (name, project, kind, content, original, content_sum)
        select n.key, n.project, $3, $4, $5, $6 from note_names n where n.project = {NameCommands.Project} and n.id = $2
        on conflict do nothing
        """;

    private const string Name = $"(select key from note_names where project = {NameCommands.Project} and id = $2)";
    private const string MessageOf = $"select content, original, content_sum from notes where name = {Name}";
    private const string SetContent = $"update notes set content = $3, original = $4, content_sum = $5 where name = {Name}";
    private const string Remove = $"delete from notes where name = {Name}";

    public static async Task<bool> AddAsync(PostgresSession session, IReadOnlyList<NewNote> notes)
    {
        for (var i = 0; i < notes.Count; i++)
        {
            var note = notes[i];
            await session.Use(NameCommands.MakeProjects).Add((string[])[note.Project]).RunAsync();
            await session.Use(MakeName).Add(note.Project).Add(note.Id).RunAsync();
            var inserted = await session.Use(Insert).Add(note.Project).Add(note.Id).Add(note.Kind).Add(note.Content).Add(note.Original)
                .Add(ContentSum.Of(note.Content, note.Original)).RunAsync();
            if (inserted == 0)
                throw StoreRefusals.NoteExists(note, i);
        }

        return true;
    }

    public static async Task<StoredMessage> UpdateAsync(
        PostgresSession session, string project, string id, Func<StoredMessage, StoredMessage> change)
    {
        var found = await session.Use(MessageOf + " for no key update").Add(project).Add(id).FirstAsync(static row => row.Message(0));
        var changed = change(found ?? throw StoreRefusals.NoteNotFound(project, id));
        await session.Use(SetContent).Add(project).Add(id).Add(changed.Content).Add(changed.Original)
            .Add(ContentSum.Of(changed.Content, changed.Original)).RunAsync();
        return changed;
    }

    public static async Task<bool> DeleteAsync(PostgresSession session, string project, string id)
    {
        if (await session.Use(Remove).Add(project).Add(id).RunAsync() == 0)
            throw StoreRefusals.NoteNotFound(project, id);
        return true;
    }

    public static Task<StoredMessage?> MessageAsync(PostgresSession session, string project, string id) =>
        session.Use(MessageOf).Add(project).Add(id).FirstAsync(static row => row.Message(0));
}
