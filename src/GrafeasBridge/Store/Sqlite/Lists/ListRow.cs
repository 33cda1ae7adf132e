using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>
/// The row in hand: the present one of a statement with the columns seq, project, note, kind, create_time, resource_uri,
/// content, original, content_sum. Of notes, the two that they do not keep are NULL.
/// </summary>
internal sealed class ListRow(SqliteDatabase database)
{
    private static readonly Sql NameOf = new(
        "select p.name, n.id from note_names n join project_names p on p.key = n.project where n.key = ?");

    private SqliteStatement row = null!;
    private long note = -1;
    private byte[] noteProject = [];
    private byte[] noteId = [];

    public long Sequence => row.Number(0);

    public long Project => row.Number(1);

    public long Note => row.Number(2);

    public StoredMessage Message => row.Message(6);

    public ListRow At(SqliteStatement statement)
    {
        row = statement;
        return this;
    }

    public long Number(Column column) => column switch
    {
        Column.Kind => row.Number(3),
        Column.CreateTime => row.Number(4),
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "is a text"),
    };

    public ReadOnlySpan<byte> Text(Column column)
    {
        if (column == Column.ResourceUri)
            return row.Utf8(5);
        FindNote();
        return column switch
        {
            Column.NoteProject => noteProject,
            Column.NoteId => noteId,
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "is a number"),
        };
    }

    // Rows beside each other mostly have the same note.
    private void FindNote()
    {
        if (note == Note)
            return;
        note = Note;
        using var name = database.Use(NameOf).Add(note);
        if (!name.Step())
            throw new InvalidOperationException("A row has a note without a name.");
        (noteProject, noteId) = (name.Utf8(0).ToArray(), name.Utf8(1).ToArray());
    }
}
