using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>What is left of occurrences that are past retention: for each version its saved state, and their names.</summary>
internal static class CompactedVersions
{
    private static readonly Sql OfCoordinate = new("select state, occurrences, newest, state_sum from compacted_versions where coordinate = ?");
    private static readonly Sql CountOf = new("select occurrences from compacted_versions where coordinate = ?");

    private static readonly Sql Put = new(
        """
        insert into compacted_versions (coordinate, occurrences, newest, state, state_sum) values (?, ?, ?, ?, ?)
        on conflict do update set occurrences = occurrences + excluded.occurrences, newest = max(newest, excluded.newest),
        state = excluded.state, state_sum = excluded.state_sum
        """);

    private static readonly Sql KeepProjects = new(
        """
        insert into compacted_projects (coordinate, project) select coordinate, project from links where occurrence = ?
        on conflict do nothing
        """);

    private static readonly Sql KeepCommits = new(
        """
        insert into compacted_commits (commit_id, coordinate)
        select m.commit_id, l.coordinate from commits m join links l on l.occurrence = m.occurrence where m.occurrence = ?
        on conflict do nothing
        """);

    private static readonly Sql KeepName = new(
        """
        insert into compacted_occurrences (seq, project, id, request_id, content_hash, create_time, created_digest, compact_time)
        select seq, project, id, request_id, content_hash, create_time, created_digest, ?2 from occurrences where seq = ?1
        """);

    private static readonly Sql ProjectOf = new("select project from occurrences where seq = ?");

    internal static readonly Sql ByRequest = new(
        "select seq, id, content_hash, create_time, created_digest from compacted_occurrences where project = ? and request_id = ?");

    private static readonly Sql ByName = new("select seq, create_time, created_digest from compacted_occurrences where project = ? and id = ?");

    internal static readonly Sql Forget = new(
        "delete from compacted_occurrences where seq in (select seq from compacted_occurrences where compact_time < ? order by compact_time limit ?)");

    public static CompactedHistory? Find(SqliteDatabase database, VersionCoordinates version) =>
        NameKeys.Coordinate(database, version) is { } coordinate ? Find(database, coordinate) : null;

    public static CompactedHistory? Find(SqliteDatabase database, long coordinate)
    {
        using var row = database.Use(OfCoordinate).Add(coordinate);
        if (!row.Step())
            return null;
        var history = new CompactedHistory(row.Bytes(0), row.Number(1), row.Time(2));
        if (row.Number(3) != ContentSum.Of(history.State, []))
            throw StoreRefusals.CompactedDamaged();

        return history;
    }

    public static long Count(SqliteDatabase database, VersionCoordinates version) =>
        NameKeys.Coordinate(database, version) is { } coordinate ? Count(database, coordinate) : 0;

    public static Creation? Creation(SqliteDatabase database, string project, string id)
    {
        if (NameKeys.Project(database, project) is not { } key)
            return null;
        using var row = database.Use(ByName).Add(key).Add(id);
        return row.Step() ? new Creation(StoredNames.Occurrence(project, id), row.Number(0), row.Time(1), row.BytesOrNull(2)) : null;
    }

    /// <summary>
    /// Compacts occurrences, unless anything has changed since the part was read. The versions are not marked dirty: what they should carry
    /// stays the same.
    /// </summary>
    public static bool Compact(WriteSession session, ExpiredPart part, IReadOnlyList<byte[]> states)
    {
        if (!IsAsRead(session, part))
            return false;
        var counts = new int[states.Count];
        var newest = new DateTimeOffset[states.Count];
        foreach (var occurrence in part.Occurrences)
        {
            foreach (var version in occurrence.Versions)
            {
                counts[version]++;
                newest[version] = occurrence.CreateTime > newest[version] ? occurrence.CreateTime : newest[version];
            }

            Remove(session, occurrence.Sequence);
        }

        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
                continue;
            session.Use(Put).Add(part.Versions[i].Id).Add(counts[i]).Add(newest[i]).Add(states[i])
                .Add(ContentSum.Of(states[i], [])).Run();
        }

        return true;
    }

    private static void Remove(WriteSession session, long sequence)
    {
        session.Use(KeepProjects).Add(sequence).Run();
        session.Use(KeepCommits).Add(sequence).Run();
        session.Use(KeepName).Add(sequence).Add(session.Now).Run();
        var project = session.Use(ProjectOf).Add(sequence).RunForNumber()!.Value;
        Occurrences.Remove(session, project, sequence, new DirtyVersions());
    }

    // Whatever changes an occurrence of a version, or what it concerns, makes a new revision of the version.
    private static bool IsAsRead(WriteSession session, ExpiredPart part)
    {
        long[] targets = [.. session.Targets.Select(target => target.Key)];
        foreach (var version in part.Versions)
        {
            if (ExpiredOccurrences.Revisions(session.Database, version.Id, targets)?.SequenceEqual(version.Revisions) != true
                || Count(session.Database, version.Id) != (version.Compacted?.Occurrences ?? 0))
            {
                return false;
            }
        }

        return part.Occurrences.All(occurrence =>
            session.Use(ProjectOf).Add(occurrence.Sequence).RunForNumber() is not null
            && ExpiredOccurrences.Linked(session.Database, occurrence.Sequence)?.SequenceEqual(occurrence.Versions.Select(i => part.Versions[i].Id)) == true);
    }

    private static long Count(SqliteDatabase database, long coordinate) => database.Use(CountOf).Add(coordinate).RunForNumber() ?? 0;
}
