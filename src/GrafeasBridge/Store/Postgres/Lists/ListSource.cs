using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Postgres.Lists;

/// <summary>Whose rows a list shows. The rows are called r.</summary>
/// <param name="Table">Where they are.</param>
/// <param name="Project">Key of the project that they belong to; null for those of a note.</param>
/// <param name="Note">Key of the note that they point at; null for those of a project.</param>
/// <param name="Projects">Keys of the projects to show of a note's rows; null for all.</param>
internal sealed record ListSource(string Table, long? Project, long? Note, long[]? Projects)
{
    public static ListSource Notes(long project) => new("notes", project, null, null);

    public static ListSource Occurrences(long project) => new("occurrences", project, null, null);

    public static ListSource OccurrencesOfNote(long note, long[]? projects) => new("occurrences", null, note, projects);

    public bool AreNotes => Table == "notes";

    /// <summary>The column with the key of the note's name.</summary>
    public string NoteKey => AreNotes ? "r.name" : "r.note";

    public string? ColumnOf(Column column) => column switch
    {
        Column.Kind => "r.kind",
        Column.NoteId => $"(select n.id from note_names n where n.key = {NoteKey})",
        Column.NoteProject => $"(select p.name from note_names n join project_names p on p.key = n.project where n.key = {NoteKey})",
        Column.ResourceUri => AreNotes ? null : "r.resource_uri",
        Column.CreateTime => AreNotes ? null : "r.create_time",
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "Neither notes nor occurrences have it."),
    };
}
