using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Which digest is which version. A new lesson reaches back: every stored occurrence that refers to the digest is linked to
/// the version, in the same transaction and by whole sets, since thousands may share a digest.
/// </summary>
internal static class Lessons
{
    // References in any package (0) or in this one. Said as "in (0, ?2)", or with "or", it costs a temporary table in each run.
    private const string Concerned = "digest = ?1 and not (package <> 0 and package <> ?2)";

    internal static readonly Sql OfDigest = new("select coordinate from lessons where digest = ?");
    internal static readonly Sql OfDigestInPackage = new("select coordinate from lessons where digest = ? and package = ?");

    private static readonly Sql Insert = new(
        "insert into lessons (digest, package, coordinate) values (?, ?, ?) on conflict do nothing");

    internal static readonly Sql AnyConcerned = new($"select 1 from digest_references where {Concerned} limit 1");

    internal static readonly Sql LinkConcerned = new(
        $"""
        insert into links (coordinate, project, occurrence, origin)
        select ?3, project, occurrence, 1 from digest_references where {Concerned}
        on conflict do update set origin = excluded.origin where excluded.origin < origin
        """);

    internal static readonly Sql StandIns = new(
        $"select distinct untagged from digest_references where {Concerned} and untagged <> 0");

    // An occurrence may refer to the same stand-in by another digest that is still unknown: then the link stays.
    internal static readonly Sql UnlinkStandIn = new(
        $"""
        delete from links where coordinate = ?3 and origin = 2
        and (project, occurrence) in (select project, occurrence from digest_references where {Concerned} and untagged = ?3)
        and not exists (
            select 1 from digest_references other where other.occurrence = links.occurrence and other.untagged = ?3
            and not exists (
                select 1 from lessons where lessons.digest = other.digest and (other.package = 0 or other.package = lessons.package)))
        """);

    internal static readonly Sql MarkMapped = new(
        $"""
        delete from unmapped
        where (project, occurrence) in (select project, occurrence from digest_references where {Concerned})
        """);

    public static void Learn(WriteSession session, DigestTag lesson, DirtyVersions dirty)
    {
        var package = Names.Package(session, lesson.Version.InPackage);
        var coordinate = Names.Coordinate(session, package, lesson.Version.Version);
        var digest = Names.Digest(session, lesson.Digest, out var isNew);
        if (session.Use(Insert).Add(digest).Add(package).Add(coordinate).Run() == 0 || isNew)
            return;
        if (session.Use(AnyConcerned).Add(digest).Add(package).RunForNumber() is null)
            return;

        if (session.Use(LinkConcerned).Add(digest).Add(package).Add(coordinate).Run() > 0)
            dirty.Add(coordinate);
        foreach (var standIn in Numbers(session.Use(StandIns).Add(digest).Add(package)))
        {
            if (session.Use(UnlinkStandIn).Add(digest).Add(package).Add(standIn).Run() > 0)
                dirty.Add(standIn);
        }

        session.Use(MarkMapped).Add(digest).Add(package).Run();
    }

    /// <param name="package">Zero for any.</param>
    public static List<long> VersionsOf(WriteSession session, long digest, long package) =>
        Numbers(package == 0 ? session.Use(OfDigest).Add(digest) : session.Use(OfDigestInPackage).Add(digest).Add(package));

    private static List<long> Numbers(SqliteStatement rows)
    {
        var numbers = new List<long>();
        using (rows)
        {
            while (rows.Step())
                numbers.Add(rows.Number(0));
        }

        return numbers;
    }
}
