using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>Notes of one project.</summary>
internal sealed class NoteIndexes(SqliteDatabase database, long project, ScanBudget budget) : ListIndexes(database, budget)
{
    private const string RowColumns = "seq, project, name, kind, null, null, content, original, content_sum";

    internal static readonly Sql ByProject = new(
        "select seq from notes indexed by notes_of_project where project = ? and seq >= ? order by seq limit ?");

    internal static readonly Sql ByKind = new(
        "select seq from notes indexed by notes_of_kind where project = ? and kind = ? and seq >= ? order by seq limit ?");

    private static readonly Sql BySequence = new($"select {RowColumns} from notes where seq = ?");

    private static readonly Sql ById = new(
        "select seq from notes where name = (select key from note_names where project = ? and id = ?) and seq >= ? limit ?");

    private static readonly HashSet<Column> Known = [Column.Kind, Column.NoteProject, Column.NoteId];

    public override IReadOnlySet<Column> KnownColumns => Known;

    public override SqliteStatement Row(long sequence) => Database.Use(BySequence).Add(sequence);

    public override bool Has(ListRow row) => row.Project == project;

    public override Sequence Members() =>
        UnionOfAll([project], (one, from, limit) => Database.Use(ByProject).Add(one).Add(from).Add(limit));

    public override Sequence? OfKinds(Comparison comparison, long kind) =>
        comparison == Comparison.Equal
            ? Union([kind], (one, from, limit) => Database.Use(ByKind).Add(project).Add(one).Add(from).Add(limit))
            : null;

    public override Sequence? OfNoteId(string id) =>
        Union([id], (one, from, limit) => Database.Use(ById).Add(project).Add(one).Add(from).Add(limit));
}
