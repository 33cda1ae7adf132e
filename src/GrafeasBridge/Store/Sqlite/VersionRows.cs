using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>Reads rows of versions.</summary>
internal static class VersionRows
{
    public const string Columns =
        """
        v.seq, t.name, p.subject, p.repo, p.package, c.version, v.state, v.revision, v.settled, v.attempts,
        case v.state when 5 then v.due_at end, v.outcome, v.reason, v.update_time, v.verified_time,
        v.failing_since
        """;

    public const string Names =
        """
        join coordinates c on c.key = v.coordinate join packages p on p.key = c.package join targets t on t.key = v.target
        """;

    internal static readonly Sql OfTarget = new(
        $"select {Columns} from versions v {Names} where v.coordinate = ? and v.target = ?");

    internal static readonly Sql OfOccurrence = new(
        $"""
        select {Columns} from links l join versions v on v.coordinate = l.coordinate {Names}
        where l.occurrence = ? and t.name in (select value from json_each(?)) order by v.seq
        """);

    internal static readonly Sql OfDigest = new(
        """
        select p.subject, p.repo, p.package, c.version from digest_tags k join coordinates c on c.key = k.coordinate
        join packages p on p.key = c.package where k.digest = ?1 and (?2 is null or k.package = ?2) order by c.key
        """);

    public static VersionRow? Find(SqliteDatabase database, string target, VersionCoordinates version)
    {
        if (NameKeys.Coordinate(database, version) is not { } coordinate || TargetRows.Key(database, target) is not { } key)
            return null;
        using var row = database.Use(OfTarget).Add(coordinate).Add(key);
        return row.Step() ? StoredRow.Version(row) : null;
    }

    public static (IReadOnlyList<VersionRow> Versions, string? UnmappedReason)? OfAnOccurrence(
        SqliteDatabase database, string project, string id, string targetsJson)
    {
        if (NameKeys.Project(database, project) is not { } key || Occurrences.SequenceOf(database, key, id) is not { } occurrence)
            return null;
        var versions = database.Use(OfOccurrence).Add(occurrence).Add(targetsJson).All(StoredRow.Version);
        return (versions, OccurrenceLinks.UnmappedReason(database, key, occurrence));
    }

    public static List<VersionCoordinates> OfADigest(SqliteDatabase database, PackageCoordinates? package, string digest)
    {
        if (NameKeys.Digest(database, digest) is not { } digestKey)
            return [];
        long? packageKey = null;
        if (package is not null && (packageKey = NameKeys.Package(database, package)) is null)
            return [];
        return database.Use(OfDigest).Add(digestKey).Add(packageKey).All(static row => row.Coordinates(0));
    }
}
