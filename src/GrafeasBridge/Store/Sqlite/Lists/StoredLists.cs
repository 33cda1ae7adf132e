namespace GrafeasBridge.Store.Sqlite.Lists;

/// <summary>The lists of notes and occurrences, with what they are narrowed by.</summary>
internal static class StoredLists
{
    public static ListPart<StoredItem> Notes(
        SqliteDatabase database, string project, ListQuery query, CancellationToken cancellationToken)
    {
        if (NameKeys.Project(database, project) is not { } key)
            return ListScan.Nothing(query);
        var budget = new ScanBudget(cancellationToken);
        return ListScan.Read(database, new NoteIndexes(database, key, budget), query, budget);
    }

    public static ListPart<StoredItem> Occurrences(
        SqliteDatabase database, string project, ListQuery query, CancellationToken cancellationToken)
    {
        if (NameKeys.Project(database, project) is not { } key)
            return ListScan.Nothing(query);
        var budget = new ScanBudget(cancellationToken);
        return ListScan.Read(database, new OccurrenceIndexes(database, null, [key], budget), query, budget);
    }

    /// <param name="projects">Names of projects, of which some may never have been heard of; null for every project.</param>
    public static ListPart<StoredItem> OccurrencesOfNote(
        SqliteDatabase database,
        string noteProject,
        string noteId,
        IReadOnlyList<string>? projects,
        ListQuery query,
        CancellationToken cancellationToken)
    {
        if (Sqlite.Notes.NameKey(database, noteProject, noteId) is not { } note || projects is [])
            return ListScan.Nothing(query);
        var keys = projects?.Select(name => NameKeys.Project(database, name)).OfType<long>().ToHashSet();
        var budget = new ScanBudget(cancellationToken);
        return ListScan.Read(database, new OccurrenceIndexes(database, note, keys, budget), query, budget);
    }
}
