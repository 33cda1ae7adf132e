namespace GrafeasBridge.Store.Postgres.Lists;

/// <summary>The lists of notes and occurrences, with what they are narrowed by.</summary>
internal static class StoredLists
{
    private const string ProjectKey = "select key from project_names where name = $1";

    private const string NoteKey =
        "select n.key from note_names n join project_names p on p.key = n.project where p.name = $1 and n.id = $2";

    private const string ProjectKeys = "select key from project_names where name = any($1)";

    public static async Task<ListPart<StoredItem>> NotesAsync(PostgresSession session, string project, ListQuery query) =>
        await session.Use(ProjectKey).Add(project).NumberAsync() is { } key
            ? await new ListScan(session, ListSource.Notes(key), query).ReadAsync()
            : ListScan.Nothing(query);

    public static async Task<ListPart<StoredItem>> OccurrencesAsync(PostgresSession session, string project, ListQuery query) =>
        await session.Use(ProjectKey).Add(project).NumberAsync() is { } key
            ? await new ListScan(session, ListSource.Occurrences(key), query).ReadAsync()
            : ListScan.Nothing(query);

    /// <param name="projects">Names of projects, of which some may never have been heard of; null for every project.</param>
    public static async Task<ListPart<StoredItem>> OccurrencesOfNoteAsync(
        PostgresSession session, string noteProject, string noteId, IReadOnlyList<string>? projects, ListQuery query)
    {
        if (projects is [] || await session.Use(NoteKey).Add(noteProject).Add(noteId).NumberAsync() is not { } note)
            return ListScan.Nothing(query);
        var keys = projects is null ? null : await session.Use(ProjectKeys).Add([.. projects]).AllAsync(static row => row.Number(0));
        return keys is []
            ? ListScan.Nothing(query)
            : await new ListScan(session, ListSource.OccurrencesOfNote(note, keys?.ToArray()), query).ReadAsync();
    }
}
