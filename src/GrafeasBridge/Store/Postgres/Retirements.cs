namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Puts occurrences away, unless anything is no longer as it was when they were read. Everything that may change it is locked first, in the
/// order in which everybody locks: digests, then occurrences, then rows of versions. The versions are not marked: they want what they wanted.
/// </summary>
internal static class Retirements
{
    /// <summary>One bridge at a time compacts. Another one that reads meanwhile does no harm, but must read again.</summary>
    private const string Alone =
        "select case when pg_try_advisory_xact_lock(hashtextextended('grafeasbridge retention ' || current_schema(), 0)) then 1 else 0 end";

    // What teaches a digest looks for the occurrences that name it while it holds the digest.
    internal const string LockDigests =
        """
        select d.key from digests d where d.key = any(array(select r.digest from digest_references r where r.occurrence = any($1)))
        order by d.key for no key update
        """;

    internal const string LockOccurrences = "select o.seq from occurrences o where o.seq = any($1) order by o.seq for update";

    internal const string LockVersions =
        "select v.seq from versions v where v.coordinate = any($1) order by v.seq for no key update";

    private const string CountsOf = "select f.coordinate, f.occurrences from folded f where f.coordinate = any($1)";

    private const string Put =
        """
        insert into folded as f (coordinate, occurrences, newest, state, state_sum) select * from unnest($1, $2, $3, $4, $5)
        on conflict (coordinate) do update set occurrences = f.occurrences + excluded.occurrences, newest = greatest(f.newest, excluded.newest),
        state = excluded.state, state_sum = excluded.state_sum
        """;

    private const string KeepNames =
        """
        insert into retired (seq, project, id, request_id, content_hash, create_time, created_digest, retire_time)
        select o.seq, o.project, o.id, o.request_id, o.content_hash, o.create_time, o.created_digest, $2 from occurrences o where o.seq = any($1)
        """;

    private static readonly string[] Removals =
    [
        """
        insert into folded_projects (coordinate, project)
        select distinct l.coordinate, l.project from links l where l.occurrence = any($1) on conflict do nothing
        """,
        """
        insert into folded_commits (commit_id, coordinate)
        select distinct m.commit_id, l.coordinate from commits m join links l on l.occurrence = m.occurrence where m.occurrence = any($1)
        on conflict do nothing
        """,
        """
        delete from unmapped u using occurrences o where o.seq = any($1) and u.project = o.project and u.occurrence = o.seq
        """,
        "delete from links where occurrence = any($1)",
        "delete from digest_references where occurrence = any($1)",
        "delete from commits where occurrence = any($1)",
        "delete from occurrences where seq = any($1)",
    ];

    public static async Task<bool> RetireAsync(PostgresSession session, AgedPart part, IReadOnlyList<byte[]> states)
    {
        if (await session.Use(Alone).NumberAsync() == 0 || !await IsAsReadAsync(session, part))
            return false;
        long[] occurrences = [.. part.Occurrences.Select(occurrence => occurrence.Sequence)];
        await session.Use(KeepNames).Add(occurrences).Add(session.Now).RunAsync();
        foreach (var removal in Removals)
            await session.Use(removal).Add(occurrences).RunAsync();
        await PutAsync(session, part, states);
        return true;
    }

    // Whatever changes an occurrence of a version, or what it concerns, makes a new revision of the version.
    private static async Task<bool> IsAsReadAsync(PostgresSession session, AgedPart part)
    {
        long[] occurrences = [.. part.Occurrences.Select(occurrence => occurrence.Sequence)];
        long[] versions = [.. part.Versions.Select(version => version.Id)];
        await session.Use(LockDigests).Add(occurrences).RunAsync();
        var there = await session.Use(LockOccurrences).Add(occurrences).AllAsync(static row => row.Number(0));
        if (there.Count < occurrences.Length)
            return false;
        await session.Use(LockVersions).Add(versions).RunAsync();

        var revisions = await AgedOccurrences.RevisionsAsync(session, versions);
        var counts = (await session.Use(CountsOf).Add(versions).AllAsync(static row => (Key: row.Number(0), Value: row.Number(1))))
            .ToDictionary(found => found.Key, found => found.Value);
        var links = await AgedOccurrences.LinkedAsync(session, occurrences);
        return part.Versions.All(version =>
                revisions.GetValueOrDefault(version.Id)?.SequenceEqual(version.Revisions) == true
                && counts.GetValueOrDefault(version.Id) == (version.Folded?.Occurrences ?? 0))
            && part.Occurrences.All(occurrence =>
                links.GetValueOrDefault(occurrence.Sequence, [])?.SequenceEqual(occurrence.Versions.Select(i => part.Versions[i].Id)) == true);
    }

    private static async Task PutAsync(PostgresSession session, AgedPart part, IReadOnlyList<byte[]> states)
    {
        var gone =
            from occurrence in part.Occurrences
            from version in occurrence.Versions
            group occurrence.CreateTime.UtcTicks by version into times
            orderby part.Versions[times.Key].Id
            select (Version: times.Key, Count: times.LongCount(), Newest: times.Max());
        var rows = gone.ToList();
        await session.Use(Put)
            .Add([.. rows.Select(row => part.Versions[row.Version].Id)])
            .Add([.. rows.Select(row => row.Count)])
            .Add([.. rows.Select(row => row.Newest)])
            .Add([.. rows.Select(row => states[row.Version])])
            .Add([.. rows.Select(row => ContentSum.Of(states[row.Version], []))])
            .RunAsync();
    }
}
