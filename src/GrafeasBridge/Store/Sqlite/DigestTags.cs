using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Which versions a digest is tagged with. A new tag applies to what is stored already: every occurrence that refers to the digest is
/// linked to the version, in the same transaction and by set operations, since thousands may share a digest.
/// </summary>
internal static class DigestTags
{
    // References in any package (0) or in this one. Said as "in (0, ?2)", or with "or", it costs a temporary table in each run.
    private const string Concerned = "digest = ?1 and not (package <> 0 and package <> ?2)";

    internal static readonly Sql OfDigest = new("select coordinate from digest_tags where digest = ?");
    internal static readonly Sql OfDigestInPackage = new("select coordinate from digest_tags where digest = ? and package = ?");

    private static readonly Sql Insert = new(
        "insert into digest_tags (digest, package, coordinate) values (?, ?, ?) on conflict do nothing");

    internal static readonly Sql AnyConcerned = new($"select 1 from digest_references where {Concerned} limit 1");

    internal static readonly Sql LinkConcerned = new(
        $"""
        insert into links (coordinate, project, occurrence, origin)
        select ?3, project, occurrence, 1 from digest_references where {Concerned}
        on conflict do update set origin = excluded.origin where excluded.origin < origin
        """);

    internal static readonly Sql Placeholders = new(
        $"select distinct placeholder from digest_references where {Concerned} and placeholder <> 0");

    // An occurrence may refer to the same placeholder by another digest that is still without a tag: then the link stays.
    internal static readonly Sql UnlinkPlaceholder = new(
        $"""
        delete from links where coordinate = ?3 and origin = 2
        and (project, occurrence) in (select project, occurrence from digest_references where {Concerned} and placeholder = ?3)
        and not exists (
            select 1 from digest_references other where other.occurrence = links.occurrence and other.placeholder = ?3
            and not exists (
                select 1 from digest_tags where digest_tags.digest = other.digest and (other.package = 0 or other.package = digest_tags.package)))
        """);

    internal static readonly Sql MarkMapped = new(
        $"""
        delete from unmapped
        where (project, occurrence) in (select project, occurrence from digest_references where {Concerned})
        """);

    public static void Record(WriteSession session, DigestTag tag, DirtyVersions dirty)
    {
        var package = NameKeys.Package(session, tag.Version.InPackage);
        var coordinate = NameKeys.Coordinate(session, package, tag.Version.Version);
        var digest = NameKeys.Digest(session, tag.Digest, out var isNew);
        if (session.Use(Insert).Add(digest).Add(package).Add(coordinate).Run() == 0 || isNew)
            return;
        if (session.Use(AnyConcerned).Add(digest).Add(package).RunForNumber() is null)
            return;

        if (session.Use(LinkConcerned).Add(digest).Add(package).Add(coordinate).Run() > 0)
            dirty.Add(coordinate);
        foreach (var placeholder in session.Use(Placeholders).Add(digest).Add(package).All(static row => row.Number(0)))
        {
            if (session.Use(UnlinkPlaceholder).Add(digest).Add(package).Add(placeholder).Run() > 0)
                dirty.Add(placeholder);
        }

        session.Use(MarkMapped).Add(digest).Add(package).Run();
    }

    /// <param name="package">Zero for any.</param>
    public static List<long> VersionsOf(WriteSession session, long digest, long package) =>
        (package == 0 ? session.Use(OfDigest).Add(digest) : session.Use(OfDigestInPackage).Add(digest).Add(package))
        .All(static row => row.Number(0));
}
