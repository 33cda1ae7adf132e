namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Lists versions by filter, in pages by sequence. A page is merged from arms that each walk one index in order of sequence: one arm
/// for each target and state, or for each target when the package is given. Arms and tests of a row are fenced (<c>offset 0</c>, <c>limit</c>), so
/// that the planner has no choice but these walks: the first page and the thousandth of a million rows cost the same.
/// </summary>
internal static class VersionSearch
{
    public static Task<IReadOnlyList<VersionRow>> ListAsync(PostgresSession session, VersionFilter filter, long after, int limit) =>
        ListAsync(session, VersionProposal.Of(filter, session.Targets), after, limit);

    public static async Task<IReadOnlyList<VersionRow>> ListAsync(PostgresSession session, VersionProposal proposal, long after, int limit)
    {
        if (proposal.Targets.Count == 0 || proposal.States.Count == 0 || proposal.Filter.Projects is [])
            return [];
        return await Compose(proposal, after, limit).On(session).AllAsync(StoredRow.Version);
    }

    /// <summary>The command for a filter.</summary>
    internal static ComposedSql Compose(VersionProposal proposal, long after, int limit)
    {
        var command = new ComposedSql();
        var (from, most) = (command.Place(after), command.Place(limit));
        var targets = command.Place([.. proposal.Targets]);
        var states = command.Place([.. proposal.States.Select(state => (long)state)]);
        var filter = proposal.Filter;
        var arms = filter switch
        {
            { Commit: not null } or { Digest: not null } => Known(command, filter, $"v.seq > {from} and v.state = any({states})"),
            { Subject: { } subject, Repo: { } repo, Package: { } package, Version: var version } => Arms(
                "",
                $"{Name(command, subject, repo, package, version)} and v.state = any({states}){OfProjects(command, filter)}"),
            _ => Arms($" cross join unnest({states}) s (state)", $"v.state = s.state{OfPackages(command, filter)}{OfProjects(command, filter)}"),
        };
        return command.Append(
            $"""
            select {VersionRows.Columns} from (
                select a.seq from targets t{arms} a where t.name = any({targets}) order by a.seq limit {most}) page
            cross join lateral (select * from versions v where v.seq = page.seq limit 1) v {VersionRows.Names} order by page.seq
            """);

        string Arms(string states, string where) =>
            $"""
            {states} cross join lateral (
                select v.seq from versions v where v.target = t.key and v.seq > {from} and {where} order by v.seq limit {most})
            """;
    }

    /// <summary>A whole name is one package, with its version one coordinate.</summary>
    private static string Name(ComposedSql command, string subject, string repo, string package, string? version)
    {
        var key = $"(select p.key from packages p where {Is("p.subject", subject)} and {Is("p.repo", repo)} and {Is("p.package", package)})";
        return version is null
            ? $"v.package = {key}"
            : $"v.coordinate = (select c.key from coordinates c where c.package = {key} and {Is("c.version", version)})";

        string Is(string column, string value)
        {
            var place = command.Place(value);
            return $"md5({column})::uuid = md5({place})::uuid and {column} = {place}";
        }
    }

    /// <summary>Versions that a commit or a digest leads to: a few, found first.</summary>
    private static string Known(ComposedSql command, VersionFilter filter, string where)
    {
        string[] ways = [.. new[] { filter.Commit is { } commit ? OfCommit(command.Place(commit)) : null, filter.Digest is { } digest ? OfDigest(command.Place(digest)) : null }.OfType<string>()];
        return
            $"""
             cross join lateral (
                select v.seq from ({string.Join(" intersect ", ways)}) known cross join lateral (
                    select v.seq, v.state, v.package, v.coordinate from versions v
                    where v.coordinate = known.coordinate and v.target = t.key offset 0) v
                where {where}{OfPackages(command, filter)}{OfProjects(command, filter)})
            """;
    }

    private static string OfCommit(string commit) =>
        $"""
        (select l.coordinate from commits m join links l on l.occurrence = m.occurrence where m.commit_id = {commit}
        union select coordinate from compacted_commits where commit_id = {commit})
        """;

    /// <summary>Versions that a digest is tagged with, and its placeholders while there are none.</summary>
    private static string OfDigest(string digest)
    {
        var key = $"(select d.key from digests d where md5(d.digest)::uuid = md5({digest})::uuid and d.digest = {digest})";
        return
            $"""
            (select coordinate from digest_tags where digest = {key}
            union
            select r.placeholder from digest_references r join links l
            on l.coordinate = r.placeholder and l.project = r.project and l.occurrence = r.occurrence and l.origin = 2 where r.digest = {key})
            """;
    }

    /// <summary>Packages of which a part of the name is given.</summary>
    private static string OfPackages(ComposedSql command, VersionFilter filter)
    {
        string[] parts =
        [
            .. new[] { ("subject", filter.Subject), ("repo", filter.Repo), ("package", filter.Package) }
                .Where(part => part.Item2 is not null)
                .Select(part => $" and p.{part.Item1} = {command.Place(part.Item2!)}"),
        ];
        var version = filter is { Subject: not null, Repo: not null, Package: not null, Version: { } one }
            ? $" and exists (select 1 from coordinates c where c.key = v.coordinate and c.version = {command.Place(one)} offset 0)"
            : "";
        return parts.Length == 0 ? "" : $" and exists (select 1 from packages p where p.key = v.package{string.Concat(parts)} offset 0){version}";
    }

    private static string OfProjects(ComposedSql command, VersionFilter filter)
    {
        if (filter.Projects is not { } projects)
            return "";
        var keys = $"array(select key from project_names where name = any({command.Place([.. projects])}))";
        return
            $"""
             and (exists (select 1 from links l where l.coordinate = v.coordinate and l.project = any({keys}) offset 0)
            or exists (select 1 from compacted_projects f where f.coordinate = v.coordinate and f.project = any({keys}) offset 0))
            """;
    }
}
