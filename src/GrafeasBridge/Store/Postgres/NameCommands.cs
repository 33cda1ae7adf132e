namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Commands over names. A long text is found by its MD5 and then compared. Keys of coordinates grow in the order in which they were named,
/// while the rows are made in an order that is the same for all. What is looked up stands in a lateral part with a limit: so it is planned as a
/// look-up, also while the tables are empty.
/// </summary>
internal static class NameCommands
{
    internal const string MakeProjects = "insert into project_names (name) select name from unnest($1) name order by name collate \"C\" on conflict do nothing";

    internal const string FindProjects =
        "select n.place, p.key from unnest($1) with ordinality n (name, place) join project_names p on p.name = n.name";

    internal const string MakePackages =
        $"""
        insert into packages (subject, repo, package)
        select n.subject, n.repo, n.package from unnest($1, $2, $3) n (subject, repo, package)
        where not exists (select 1 from packages p where {SamePackage})
        order by n.subject collate "C", n.repo collate "C", n.package collate "C" on conflict do nothing
        """;

    internal const string FindPackages =
        $"select n.place, p.key from unnest($1, $2, $3) with ordinality n (subject, repo, package, place) {ItsPackage}";

    internal const string MakeCoordinates =
        $"""
        insert into coordinates (key, package, version)
        select n.key, n.package, n.version from (
            select nextval('coordinates_key_seq') as key, p.key as package, n.version
            from unnest($1, $2, $3, $4) with ordinality n (subject, repo, package, version, place) {ItsPackage}
            left join lateral (select c.key from coordinates c where c.package = p.key and {SameVersion} limit 1) c on true
            where c.key is null order by n.place) n
        order by n.package, n.version collate "C" on conflict do nothing
        """;

    internal const string FindCoordinates =
        $"""
        select n.place, c.key, p.key from unnest($1, $2, $3, $4) with ordinality n (subject, repo, package, version, place) {ItsPackage}
        cross join lateral (select c.key from coordinates c where c.package = p.key and {SameVersion} limit 1) c
        """;

    internal const string MakeDigests =
        """
        insert into digests (digest) select n.digest from unnest($1) n (digest)
        where not exists (select 1 from digests d where md5(d.digest)::uuid = md5(n.digest)::uuid)
        order by n.digest collate "C" on conflict do nothing returning key
        """;

    internal const string FindDigests =
        """
        select n.place, d.key from unnest($1) with ordinality n (digest, place)
        join digests d on md5(d.digest)::uuid = md5(n.digest)::uuid and d.digest = n.digest
        """;

    /// <summary>Key of the project named $1.</summary>
    internal const string Project = "(select key from project_names where name = $1)";

    /// <summary>Key of the coordinate named $1 to $4.</summary>
    internal const string Coordinate =
        """
        (select c.key from packages p join coordinates c on c.package = p.key
        where md5(p.subject)::uuid = md5($1)::uuid and md5(p.repo)::uuid = md5($2)::uuid and md5(p.package)::uuid = md5($3)::uuid
        and p.subject = $1 and p.repo = $2 and p.package = $3 and md5(c.version)::uuid = md5($4)::uuid and c.version = $4)
        """;

    /// <summary>Joins the key of the project that is named by n.</summary>
    internal const string ItsProject = "cross join lateral (select key from project_names where name = n.project limit 1) p";

    private const string ItsPackage = $"cross join lateral (select p.key from packages p where {SamePackage} limit 1) p";

    private const string SamePackage =
        """
        md5(p.subject)::uuid = md5(n.subject)::uuid and md5(p.repo)::uuid = md5(n.repo)::uuid and md5(p.package)::uuid = md5(n.package)::uuid
        and p.subject = n.subject and p.repo = n.repo and p.package = n.package
        """;

    private const string SameVersion = "md5(c.version)::uuid = md5(n.version)::uuid and c.version = n.version";
}
