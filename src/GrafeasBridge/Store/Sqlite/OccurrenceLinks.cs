using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Links occurrences to versions. The tags that an occurrence gives to digests are recorded first; then it is linked to the versions
/// that it names and to those that its digests are tagged with. <see cref="DigestTags"/> does the same for occurrences that were
/// stored before the tag was known.
/// </summary>
internal static class OccurrenceLinks
{
    private static readonly Sql Insert = new(
        """
        insert into links (coordinate, project, occurrence, origin) values (?, ?, ?, ?)
        on conflict do update set origin = excluded.origin where excluded.origin < origin
        """);

    private static readonly Sql InsertReference = new(
        """
        insert into digest_references (digest, package, placeholder, occurrence, project) values (?, ?, ?, ?, ?)
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
        foreach (var tag in placement.DigestTags)
            DigestTags.Record(session, tag, dirty);

        var isMapped = placement.Named.Count > 0;
        var named = session.NamedByOccurrence;
        named.Clear();
        foreach (var version in placement.Named)
        {
            var coordinate = NameKeys.Coordinate(session, version);
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

    /// <summary>Removes everything that depends on an occurrence; the tags that it gave stay.</summary>
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
        var digest = NameKeys.Digest(session, reference.Digest);
        var package = reference.Package is null ? 0 : NameKeys.Package(session, reference.Package);
        var known = DigestTags.VersionsOf(session, digest, package);
        // A tag is never removed, so a digest that has one will not need the placeholder.
        var placeholder = known.Count > 0 || reference.Untagged is null ? 0 : NameKeys.Coordinate(session, reference.Untagged);
        session.Use(InsertReference).Add(digest).Add(package).Add(placeholder).Add(occurrence).Add(project).Run();
        foreach (var coordinate in known)
        {
            if (!session.NamedByOccurrence.Contains(coordinate))
                Link(session, coordinate, project, occurrence, LinkOrigin.Digest, dirty);
        }

        if (placeholder != 0 && !session.NamedByOccurrence.Contains(placeholder))
            Link(session, placeholder, project, occurrence, LinkOrigin.Placeholder, dirty);
        return known.Count > 0 || placeholder != 0;
    }

    private static void Link(
        WriteSession session, long coordinate, long project, long occurrence, LinkOrigin origin, DirtyVersions dirty)
    {
        session.Use(Insert).Add(coordinate).Add(project).Add(occurrence).Add((long)origin).Run();
        dirty.Add(coordinate);
    }
}
