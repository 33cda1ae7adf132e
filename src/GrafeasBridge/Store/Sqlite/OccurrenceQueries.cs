using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>Reads occurrences: by name, unmapped ones, and those of a version. Lists with a condition are in <see cref="Lists.StoredLists"/>.</summary>
internal static class OccurrenceQueries
{
    internal static readonly Sql PageOfUnmapped = new(
        """
        select u.occurrence, o.id, o.resource_uri, u.reason, o.create_time
        from unmapped u join occurrences o on o.seq = u.occurrence
        where u.project = ? and u.occurrence > ? order by u.occurrence limit ?
        """);

    internal static readonly Sql PartOfVersion = new(
        """
        select l.project, l.occurrence, o.content, o.original, o.content_sum from links l join occurrences o on o.seq = l.occurrence
        where l.coordinate = ? and (l.project, l.occurrence) > (?, ?) order by l.project, l.occurrence limit ?
        """);

    public static StoredMessage? Message(SqliteDatabase database, string project, string id)
    {
        if (NameKeys.Project(database, project) is not { } key)
            return null;
        using var row = database.Use(Occurrences.ByName).Add(key).Add(id);
        return row.Step() ? row.Message(2) : null;
    }

    public static (Creation Creation, StoredMessage Message)? Creation(SqliteDatabase database, string project, string id)
    {
        if (NameKeys.Project(database, project) is not { } key)
            return null;
        using var row = database.Use(Occurrences.CreationByName).Add(key).Add(id);
        if (row.Step())
            return (new Creation(StoredNames.Occurrence(project, id), row.Number(0), row.Time(1), row.BytesOrNull(2)), row.Message(3));
        return CompactedVersions.Creation(database, project, id) is { } compacted ? (compacted, new StoredMessage([])) : null;
    }

    public static List<UnmappedItem> ListUnmapped(SqliteDatabase database, string project, long after, int limit)
    {
        if (NameKeys.Project(database, project) is not { } key)
            return [];
        return database.Use(PageOfUnmapped).Add(key).Add(after).Add(limit).All(row => new UnmappedItem(
            row.Number(0), StoredNames.Occurrence(project, row.Text(1)), row.Text(2), row.Text(3), row.Time(4)));
    }

    /// <summary>Some of a version's occurrences.</summary>
    /// <param name="after">Where the part before ended; null for the first.</param>
    /// <returns>Their contents, and where the next part begins: null when there is none.</returns>
    public static (List<byte[]> Contents, OccurrencePlace? Next) OfVersion(
        SqliteDatabase database, VersionCoordinates version, OccurrencePlace? after)
    {
        var contents = new List<byte[]>();
        if (NameKeys.Coordinate(database, version) is not { } coordinate)
            return (contents, null);

        var (project, occurrence) = after ?? default;
        long bytes = 0;
        using var rows = database.Use(PartOfVersion).Add(coordinate).Add(project).Add(occurrence).Add(OccurrencePlace.PartRows);
        while (rows.Step())
        {
            contents.Add(rows.Message(2).Content);
            (project, occurrence) = (rows.Number(0), rows.Number(1));
            bytes += contents[^1].Length;
            if (bytes >= OccurrencePlace.PartBytes || contents.Count == OccurrencePlace.PartRows)
                return (contents, new OccurrencePlace(project, occurrence));
        }

        return (contents, null);
    }
}
