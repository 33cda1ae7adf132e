using GrafeasBridge.Filtering;

namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>Occurrences of one project, or those of one note in every project or in some.</summary>
/// <param name="note">Key of the note; null for a list of a project.</param>
/// <param name="projects">Keys of projects; null for every one.</param>
internal sealed class OccurrenceIndexes(SqliteDatabase database, long? note, IReadOnlyCollection<long>? projects, ScanBudget budget)
    : ListIndexes(database, budget)
{
    private const string RowColumns = "seq, project, note, kind, create_time, resource_uri, content, original, content_sum";
    private const string ResourceColumns = "seq, project, null, null, null, resource_uri";
    private const string FromSequence = "and seq >= ? order by seq limit ?";

    private static readonly Sql BySequence = new($"select {RowColumns} from occurrences where seq = ?");

    internal static readonly Sql ByNoteInProject = new(
        $"select seq from occurrences indexed by occurrences_of_note_in_project where note = ? and project = ? {FromSequence}");

    internal static readonly Sql ByKind = new(
        $"select seq from occurrences indexed by occurrences_of_kind where project = ? and kind = ? {FromSequence}");

    internal static readonly Sql ByResource = new(
        $"select seq from occurrences indexed by occurrences_of_resource where project = ? and resource_uri = ? {FromSequence}");

    internal static readonly Sql ByResources = new(
        $"select {ResourceColumns} from occurrences indexed by occurrences_of_resource where project = ? and resource_uri >= ? and resource_uri <= ?");

    internal static readonly Sql FromResource = new(
        $"select {ResourceColumns} from occurrences indexed by occurrences_of_resource where project = ? and resource_uri >= ?");

    private static readonly Sql NextBlock = new(
        "select block from occurrence_blocks where block >= ? and last >= ? and first <= ? order by block limit 1");

    private static readonly Sql NextKind = new(
        "select kind from occurrences indexed by occurrences_of_kind where project = ? and kind > ? order by kind limit 1");

    private static readonly Sql NextProject = new(
        "select project from occurrences indexed by occurrences_of_note_in_project where note = ? and project > ? order by project limit 1");

    private static readonly Sql NotesNamed = new("select key from note_names indexed by note_names_of_id where id = ?");

    private static readonly Sql NotesIn = new(
        "select key from note_names where project = (select key from project_names where name = ?)");

    private static readonly HashSet<Column> Known = [.. Enum.GetValues<Column>()];

    private readonly ScanBudget budget = budget;
    private List<long>? searched;
    private bool areSearched;

    public override IReadOnlySet<Column> KnownColumns => Known;

    /// <summary>Projects to look under; null when they are too many.</summary>
    private List<long>? Searched
    {
        get
        {
            if (!areSearched)
                searched = AtMost(MaxArms, projects ?? ProjectsOfNote());
            areSearched = true;
            return searched;
        }
    }

    public override SqliteStatement Row(long sequence) => Database.Use(BySequence).Add(sequence);

    public override bool Has(ListRow row) =>
        (note is null || row.Note == note) && (projects is null || projects.Contains(row.Project));

    public override bool KeepToList => note is null;

    public override Sequence Members() => note is { } key
        ? UnionOfAll(projects ?? ProjectsOfNote(), (project, from, limit) => InNote(key, project, from, limit))
        : UnionOfAll(
            projects!.SelectMany(Kinds, (project, kind) => (Project: project, Value: kind)),
            (one, from, limit) => InKind(one.Value, one.Project, from, limit));

    public override Sequence? OfKinds(Comparison comparison, long kind) => Union(
        Pairs(project => Kinds(project).Where(one => Comparisons.Holds(comparison, one.CompareTo(kind)))),
        (key, from, limit) => InKind(key.Value, key.Project, from, limit));

    public override Sequence? OfNoteId(string id) => OfNotes(AtMost(MaxArms, Numbers(Database.Use(NotesNamed).Add(id))));

    public override Sequence? OfNoteProject(string project) =>
        OfNotes(AtMost(MaxArms, Numbers(Database.Use(NotesIn).Add(project))));

    public override Sequence? OfResource(string resource) =>
        Union(Searched, (project, from, limit) => Database.Use(ByResource).Add(project).Add(resource).Add(from).Add(limit));

    public override FoundRange? OfResources(byte[] low, byte[]? high, long after) => Range(
        Searched?.Select(project =>
        {
            var range = Database.Use(high is null ? FromResource : ByResources).Add(project);
            range = low.Length == 0 ? range.Add(string.Empty) : range.AddUtf8(low);
            return high is null ? range : range.AddUtf8(high);
        }),
        static _ => true,
        after);

    public override FoundRange? OfResources(Func<ListRow, bool> test, long after) =>
        Range(Searched?.Select(project => Database.Use(FromResource).Add(project).Add(string.Empty)), test, after);

    public override Sequence OfTimes(long first, long last) =>
        new BlockSequence(block => Database.Use(NextBlock).Add(block).Add(first).Add(last).RunForNumber(), budget);

    private Sequence? OfNotes(List<long>? notes) => Union(
        notes is null ? null : Pairs<long>(_ => notes),
        (key, from, limit) => InNote(key.Value, key.Project, from, limit));

    private SqliteStatement InNote(long key, long project, long from, long limit) =>
        Database.Use(ByNoteInProject).Add(key).Add(project).Add(from).Add(limit);

    private SqliteStatement InKind(long kind, long project, long from, long limit) =>
        Database.Use(ByKind).Add(project).Add(kind).Add(from).Add(limit);

    private List<(long Project, T Value)>? Pairs<T>(Func<long, IEnumerable<T>> values) =>
        Searched is null
            ? null
            : AtMost(MaxArms, Searched.SelectMany(project => values(project), (project, value) => (project, value)));

    // Each is found by one search, so few of many rows are touched.
    private IEnumerable<long> Kinds(long project) => Steps(kind => Database.Use(NextKind).Add(project).Add(kind).RunForNumber());

    private IEnumerable<long> ProjectsOfNote() =>
        Steps(project => Database.Use(NextProject).Add(note!.Value).Add(project).RunForNumber());

    private IEnumerable<long> Steps(Func<long, long?> next)
    {
        for (var at = next(long.MinValue); at is { } found; at = next(found))
        {
            budget.Add();
            yield return found;
        }
    }
}
