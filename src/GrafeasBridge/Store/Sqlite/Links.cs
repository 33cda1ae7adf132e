using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Ties occurrences to versions. What an occurrence teaches about digests is learned first; then it is linked to the versions
/// that it names and to those that its digests are known to be. <see cref="Lessons"/> does the same for occurrences that
/// came before the knowledge did.
/// </summary>
internal static class Links
{
    private static readonly Sql Insert = new(
        """
        insert into links (coordinate, project, occurrence, origin) values (?, ?, ?, ?)
        on conflict do update set origin = excluded.origin where excluded.origin < origin
        """);

    private static readonly Sql InsertReference = new(
        """
        insert into digest_references (digest, package, untagged, occurrence, project) values (?, ?, ?, ?, ?)
        on conflict do nothing
        """);

    private static readonly Sql InsertCommit = new("insert into commits (commit_id, occurrence) values (?, ?) on conflict do nothing");
    private static readonly Sql InsertUnmapped = new("insert into unmapped (project, occurrence, reason) values (?, ?, ?)");
    private static readonly Sql ReasonOf = new("select reason from unmapped where project = ? and occurrence = ?");

    internal static readonly Sql OfOccurrence = new("select coordinate from links where occurrence = ?");
    private static readonly Sql RemoveLinks = new("delete from links where occurrence = ?");
    private static readonly Sql RemoveReferences = new("delete from digest_references where occurrence = ?");
    private static readonly Sql RemoveCommits = new("delete from commits where occurrence = ?");
    private static readonly Sql RemoveUnmapped = new("delete from unmapped where project = ? and occurrence = ?");

    /// <summary>Links an occurrence that has no links yet.</summary>
    /// <param name="dirty">Takes the versions that are concerned.</param>
    /// <returns>Why it concerns no version yet; null when it does.</returns>
    public static string? Add(WriteSession session, long project, long occurrence, VersionResolution placement, DirtyVersions dirty)
    {
        foreach (var lesson in placement.DigestTags)
            Lessons.Learn(session, lesson, dirty);

        var isMapped = placement.Named.Count > 0;
        var named = session.NamedByOccurrence;
        named.Clear();
        foreach (var version in placement.Named)
        {
            var coordinate = Names.Coordinate(session, version);
            if (named.Add(coordinate))
                Link(session, coordinate, project, occurrence, LinkOrigin.Named, dirty);
        }

        foreach (var reference in placement.ByDigest)
            isMapped |= Refer(session, project, occurrence, reference, dirty);
        foreach (var commit in placement.Commits)
            session.Use(InsertCommit).Add(commit).Add(occurrence).Run();
        if (isMapped)
            return null;

        var reason = WhyUnmapped.Of(placement);
        session.Use(InsertUnmapped).Add(project).Add(occurrence).Add(reason).Run();
        return reason;
    }

    /// <summary>Removes everything that hangs on an occurrence; what it taught stays known.</summary>
    /// <param name="dirty">Takes the versions that it concerned.</param>
    public static void Remove(WriteSession session, long project, long occurrence, DirtyVersions dirty)
    {
        using (var links = session.Use(OfOccurrence).Add(occurrence))
        {
            while (links.Step())
                dirty.Add(links.Number(0));
        }

        session.Use(RemoveLinks).Add(occurrence).Run();
        session.Use(RemoveReferences).Add(occurrence).Run();
        session.Use(RemoveCommits).Add(occurrence).Run();
        session.Use(RemoveUnmapped).Add(project).Add(occurrence).Run();
    }

    public static string? UnmappedReason(SqliteDatabase database, long project, long occurrence)
    {
        using var row = database.Use(ReasonOf).Add(project).Add(occurrence);
        return row.Step() ? row.Text(0) : null;
    }

    /// <returns>True when the reference leads to a version.</returns>
    private static bool Refer(
        WriteSession session, long project, long occurrence, DigestReference reference, DirtyVersions dirty)
    {
        var digest = Names.Digest(session, reference.Digest);
        var package = reference.Package is null ? 0 : Names.Package(session, reference.Package);
        var known = Lessons.VersionsOf(session, digest, package);
        // What is known stays known: then the stand-in will never be needed.
        var untagged = known.Count > 0 || reference.Untagged is null ? 0 : Names.Coordinate(session, reference.Untagged);
        session.Use(InsertReference).Add(digest).Add(package).Add(untagged).Add(occurrence).Add(project).Run();
        foreach (var coordinate in known)
        {
            if (!session.NamedByOccurrence.Contains(coordinate))
                Link(session, coordinate, project, occurrence, LinkOrigin.Digest, dirty);
        }

        if (untagged != 0 && !session.NamedByOccurrence.Contains(untagged))
            Link(session, untagged, project, occurrence, LinkOrigin.Untagged, dirty);
        return known.Count > 0 || untagged != 0;
    }

    private static void Link(
        WriteSession session, long coordinate, long project, long occurrence, LinkOrigin origin, DirtyVersions dirty)
    {
        session.Use(Insert).Add(coordinate).Add(project).Add(occurrence).Add((long)origin).Run();
        dirty.Add(coordinate);
    }
}
