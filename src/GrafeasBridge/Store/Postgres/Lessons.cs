namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Which digest is which version, as one transaction sees it. Whoever teaches a digest or refers to it locks the digest's row first, in order of
/// key, and reads only then: so neither can miss the other. A new lesson reaches back: every stored occurrence that refers to the digest is linked
/// to the version, by whole sets, since thousands may share a digest.
/// </summary>
internal sealed class Lessons(Names names)
{
    internal const string LockDigests = "select key from digests where key = any($1) order by key for no key update";

    internal const string OfDigests = "select digest, package, coordinate from lessons where digest = any($1)";

    internal const string Insert = "insert into lessons (digest, package, coordinate) select * from unnest($1, $2, $3) on conflict do nothing";

    internal const string LinkConcerned =
        $"""
        with linked as (
            insert into links as k (coordinate, project, occurrence, origin)
            select distinct l.coordinate, r.project, r.occurrence, 1 from {Concerned} order by 1, 2, 3
            on conflict (coordinate, project, occurrence) do update set origin = excluded.origin where excluded.origin < k.origin
            returning coordinate)
        select distinct coordinate from linked
        """;

    // Two digests of one occurrence may be taught at once, and share its stand-in: who comes second must see what the first has done.
    internal const string LockStandIns =
        $"""
        select 1 from ({StandIns} order by 1, 2, 3) c
        cross join lateral (select 1 from links k where {OfStandIn} for update) k
        """;

    // An occurrence may refer to the same stand-in by another digest that is still unknown: then the link stays.
    internal const string UnlinkStandIns =
        $"""
        with gone as (
            delete from links where ctid = any(array(
                select k.ctid from ({StandIns}) c cross join lateral (select k.ctid from links k where {OfStandIn} and k.origin = 2 limit 1) k
                left join lateral (
                    select 1 as unknown from digest_references other left join lateral (
                        select 1 as known from lessons s
                        where s.digest = other.digest and (other.package = 0 or other.package = s.package) limit 1) s on true
                    where other.occurrence = c.occurrence and other.untagged = c.untagged and s.known is null limit 1) o on true
                where o.unknown is null))
            returning coordinate)
        select distinct coordinate from gone
        """;

    internal const string MarkMapped =
        $"delete from unmapped where (project, occurrence) in (select r.project, r.occurrence from {Concerned})";

    private const string Concerned =
        """
        unnest($1, $2, $3) l (digest, package, coordinate) join digest_references r on r.digest = l.digest and (r.package = 0 or r.package = l.package)
        """;

    private const string StandIns = $"select distinct r.untagged, r.project, r.occurrence from {Concerned} where r.untagged <> 0";

    private const string OfStandIn = "k.coordinate = c.untagged and k.project = c.project and k.occurrence = c.occurrence";

    private readonly Dictionary<long, List<CoordinateKey>> versions = [];

    /// <summary>Locks what the rows teach and refer to, reads what is known of it, and adds what is new.</summary>
    public async Task LearnAsync(PostgresSession session, List<LinkedRow> rows, DirtyVersions dirty)
    {
        var digests = new HashSet<long>();
        foreach (var row in rows)
        {
            foreach (var lesson in row.VersionResolution.DigestTags)
                digests.Add(names.Digest(lesson.Digest));
            foreach (var reference in row.VersionResolution.ByDigest)
                digests.Add(names.Digest(reference.Digest));
        }

        if (digests.Count == 0)
            return;
        long[] keys = [.. digests];
        await new PostgresBatch(session)
            .Ask(LockDigests, static _ => { }).Add(keys)
            .Ask(OfDigests, row => Keep(row.Number(0), new CoordinateKey(row.Number(2), row.Number(1)))).Add(keys)
            .RunAsync();
        await TeachAsync(session, rows, dirty);
    }

    /// <param name="package">Zero for any.</param>
    public IEnumerable<long> VersionsOf(long digest, long package) =>
        versions.TryGetValue(digest, out var known)
            ? known.Where(version => package == 0 || version.Package == package).Select(static version => version.Key)
            : [];

    private async Task TeachAsync(PostgresSession session, List<LinkedRow> rows, DirtyVersions dirty)
    {
        var (digests, packages, coordinates) = (new List<long>(), new List<long>(), new List<long>());
        string? trace = null;
        var reachesBack = false;
        foreach (var row in rows)
        {
            foreach (var lesson in row.VersionResolution.DigestTags)
            {
                var (digest, version) = (names.Digest(lesson.Digest), names.Coordinate(lesson.Version));
                if (!Keep(digest, version))
                    continue;
                digests.Add(digest);
                packages.Add(version.Package);
                coordinates.Add(version.Key);
                trace = row.TraceParent;
                reachesBack |= !names.IsNew(digest);
            }
        }

        if (digests.Count == 0)
            return;
        var batch = new PostgresBatch(session);
        void With(PostgresBatch command) => command.Add(digests.ToArray()).Add(packages.ToArray()).Add(coordinates.ToArray());
        With(batch.Do(Insert));
        if (reachesBack)
        {
            With(batch.Ask(LinkConcerned, row => dirty.Add(row.Number(0), trace)));
            With(batch.Ask(LockStandIns, static _ => { }));
            With(batch.Ask(UnlinkStandIns, row => dirty.Add(row.Number(0), trace)));
            With(batch.Do(MarkMapped));
        }

        await batch.RunAsync();
    }

    /// <returns>False when it was known.</returns>
    private bool Keep(long digest, CoordinateKey version)
    {
        if (!versions.TryGetValue(digest, out var known))
            versions.Add(digest, known = []);
        if (known.Contains(version))
            return false;
        known.Add(version);
        return true;
    }
}
