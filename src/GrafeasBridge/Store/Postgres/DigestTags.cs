namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Which versions a digest is tagged with, as one transaction sees it. A transaction that records a tag for a digest or refers to a digest locks
/// the digest's row first, in order of key, and reads only then, so that neither misses the other. A new tag applies to what is stored already:
/// every occurrence that refers to the digest is linked to the version, by set operations, since thousands may share a digest.
/// </summary>
internal sealed class DigestTags(NameKeys names)
{
    internal const string LockDigests = "select key from digests where key = any($1) order by key for no key update";

    internal const string OfDigests = "select digest, package, coordinate from digest_tags where digest = any($1)";

    internal const string Insert = "insert into digest_tags (digest, package, coordinate) select * from unnest($1, $2, $3) on conflict do nothing";

    internal const string LinkConcerned =
        $"""
        with linked as (
            insert into links as k (coordinate, project, occurrence, origin)
            select distinct l.coordinate, r.project, r.occurrence, 1 from {Concerned} order by 1, 2, 3
            on conflict (coordinate, project, occurrence) do update set origin = excluded.origin where excluded.origin < k.origin
            returning coordinate)
        select distinct coordinate from linked
        """;

    // Two digests of one occurrence may be tagged at the same time and share its placeholder: the second transaction must see what the first did.
    internal const string LockPlaceholders =
        $"""
        select 1 from ({Placeholders} order by 1, 2, 3) c
        cross join lateral (select 1 from links k where {OfPlaceholder} for update) k
        """;

    // An occurrence may refer to the same placeholder by another digest that is still without a tag: then the link stays.
    internal const string UnlinkPlaceholders =
        $"""
        with gone as (
            delete from links where ctid = any(array(
                select k.ctid from ({Placeholders}) c cross join lateral (select k.ctid from links k where {OfPlaceholder} and k.origin = 2 limit 1) k
                left join lateral (
                    select 1 as unknown from digest_references other left join lateral (
                        select 1 as known from digest_tags s
                        where s.digest = other.digest and (other.package = 0 or other.package = s.package) limit 1) s on true
                    where other.occurrence = c.occurrence and other.placeholder = c.placeholder and s.known is null limit 1) o on true
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

    private const string Placeholders = $"select distinct r.placeholder, r.project, r.occurrence from {Concerned} where r.placeholder <> 0";

    private const string OfPlaceholder = "k.coordinate = c.placeholder and k.project = c.project and k.occurrence = c.occurrence";

    private readonly Dictionary<long, List<CoordinateKey>> versions = [];

    /// <summary>Locks the digests that the rows tag or refer to, reads their tags, and records the new ones.</summary>
    public async Task RecordAsync(PostgresSession session, List<LinkedRow> rows, DirtyVersions dirty)
    {
        var digests = new HashSet<long>();
        foreach (var row in rows)
        {
            foreach (var tag in row.VersionResolution.DigestTags)
                digests.Add(names.Digest(tag.Digest));
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
        await AddNewAsync(session, rows, dirty);
    }

    /// <param name="package">Zero for any.</param>
    public IEnumerable<long> VersionsOf(long digest, long package) =>
        versions.TryGetValue(digest, out var known)
            ? known.Where(version => package == 0 || version.Package == package).Select(static version => version.Key)
            : [];

    private async Task AddNewAsync(PostgresSession session, List<LinkedRow> rows, DirtyVersions dirty)
    {
        var (digests, packages, coordinates) = (new List<long>(), new List<long>(), new List<long>());
        string? trace = null;
        var concernsStored = false;
        foreach (var row in rows)
        {
            foreach (var tag in row.VersionResolution.DigestTags)
            {
                var (digest, version) = (names.Digest(tag.Digest), names.Coordinate(tag.Version));
                if (!Keep(digest, version))
                    continue;
                digests.Add(digest);
                packages.Add(version.Package);
                coordinates.Add(version.Key);
                trace = row.TraceParent;
                concernsStored |= !names.IsNew(digest);
            }
        }

        if (digests.Count == 0)
            return;
        var batch = new PostgresBatch(session);
        void With(PostgresBatch command) => command.Add(digests.ToArray()).Add(packages.ToArray()).Add(coordinates.ToArray());
        With(batch.Do(Insert));
        if (concernsStored)
        {
            With(batch.Ask(LinkConcerned, row => dirty.Add(row.Number(0), trace)));
            With(batch.Ask(LockPlaceholders, static _ => { }));
            With(batch.Ask(UnlinkPlaceholders, row => dirty.Add(row.Number(0), trace)));
            With(batch.Do(MarkMapped));
        }

        await batch.RunAsync();
    }

    /// <returns>False when the tag was recorded before.</returns>
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
