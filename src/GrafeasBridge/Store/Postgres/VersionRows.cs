using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>Reads rows of versions. Their times are the database's, so that every bridge shows the same.</summary>
internal static class VersionRows
{
    public const string Columns =
        """
        v.seq, t.name, n.subject, n.repo, n.package, n.version, v.state, v.revision, v.settled, v.attempts,
        case v.state when 5 then v.due_at end, v.outcome, v.reason, v.update_time, v.verified_time,
        v.failing_since
        """;

    /// <summary>The names of what the row is of.</summary>
    public static readonly string Names = $"{DueVersions.NamesOf("v.coordinate")} join targets t on t.key = v.target";

    internal static readonly string OfTarget =
        $"select {Columns} from versions v {Names} where v.coordinate = {KnownKeys.Coordinate(2)} and v.target = {KnownKeys.Target(1)}";

    internal const string Occurrence =
        """
        select o.seq, u.reason from project_names p join occurrences o on o.project = p.key and o.id = $2
        left join unmapped u on u.project = o.project and u.occurrence = o.seq where p.name = $1
        """;

    internal static readonly string OfOccurrence =
        $"""
        select {Columns} from links l join versions v on v.coordinate = l.coordinate {Names}
        where l.occurrence = $1 and t.name = any($2) order by v.seq
        """;

    internal static readonly string OfDigest = ForDigest("");

    internal static readonly string OfDigestInPackage = ForDigest($"and k.package = {KnownKeys.Package(2)}");

    public static Task<VersionRow?> FindAsync(PostgresSession session, string target, VersionCoordinates version) =>
        session.Use(OfTarget).Add(target).Add(version).FirstAsync(StoredRow.Version);

    public static async Task<(IReadOnlyList<VersionRow> Versions, string? UnmappedReason)?> OfOccurrenceAsync(
        PostgresSession session, string project, string id)
    {
        var found = await session.Use(Occurrence).Add(project).Add(id)
            .AllAsync(static row => (Sequence: row.Number(0), Reason: row.TextOrNull(1)));
        if (found.Count == 0)
            return null;
        return (await session.Use(OfOccurrence).Add(found[0].Sequence).Add(session.Targets).AllAsync(StoredRow.Version), found[0].Reason);
    }

    public static async Task<IReadOnlyList<VersionCoordinates>> OfDigestAsync(PostgresSession session, PackageCoordinates? package, string digest)
    {
        var command = package is null
            ? session.Use(OfDigest).Add(digest)
            : session.Use(OfDigestInPackage).Add(digest).Add(package.Subject).Add(package.Repo).Add(package.Package);
        return await command.AllAsync(static row => row.Coordinates(0));
    }

    private static string ForDigest(string narrower) =>
        $"""
        select n.subject, n.repo, n.package, n.version from digest_tags k {DueVersions.NamesOf("k.coordinate")}
        where k.digest = {KnownKeys.Digest(1)} {narrower} order by k.coordinate
        """;
}
