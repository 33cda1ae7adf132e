namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Ties occurrences that have no links yet to versions. What they all teach about digests is learned first; then each is linked to the
/// versions that it names and to those that its digests are known to be. <see cref="Lessons"/> does the same for occurrences that came before the
/// knowledge did.
/// </summary>
internal sealed class Links(Names names, List<LinkedRow> rows)
{
    internal const string Insert = "insert into links (coordinate, project, occurrence, origin) select * from unnest($1, $2, $3, $4)";

    internal const string InsertReferences =
        "insert into digest_references (digest, package, untagged, occurrence, project) select * from unnest($1, $2, $3, $4, $5) on conflict do nothing";

    internal const string InsertCommits = "insert into commits (commit_id, occurrence) select * from unnest($1, $2) on conflict do nothing";

    internal const string InsertUnmapped = "insert into unmapped (project, occurrence, reason) select * from unnest($1, $2, $3)";

    internal const string DigestsOf = "select digest from digest_references where occurrence = $1";

    internal const string Remove = "delete from links where occurrence = $1 returning coordinate";

    private const string RemoveReferences = "delete from digest_references where occurrence = $1";
    private const string RemoveCommits = "delete from commits where occurrence = $1";
    private const string RemoveUnmapped = "delete from unmapped where project = $1 and occurrence = $2";

    private readonly Lessons lessons = new(names);
    private readonly List<(long Coordinate, LinkedRow Row, LinkOrigin Origin)> links = [];
    private readonly List<(long Digest, long Package, long Untagged, LinkedRow Row)> references = [];
    private readonly List<(string Commit, long Occurrence)> commits = [];
    private readonly Dictionary<long, LinkOrigin> linked = [];

    /// <summary>Versions that are concerned.</summary>
    public DirtyVersions Dirty { get; } = new();

    /// <summary>Learns what the occurrences teach; the rest is decided here and written by <see cref="AddTo"/>.</summary>
    public async Task ResolveAsync(PostgresSession session)
    {
        await lessons.LearnAsync(session, rows, Dirty);
        foreach (var row in rows)
            Resolve(row);
    }

    public void AddTo(PostgresBatch batch)
    {
        if (links.Count > 0)
        {
            batch.Do(Insert)
                .Add(links.ConvertAll(static link => link.Coordinate).ToArray())
                .Add(links.ConvertAll(static link => link.Row.Project).ToArray())
                .Add(links.ConvertAll(static link => link.Row.Sequence).ToArray())
                .Add(links.ConvertAll(static link => (int)link.Origin).ToArray());
        }

        if (references.Count > 0)
        {
            batch.Do(InsertReferences)
                .Add(references.ConvertAll(static reference => reference.Digest).ToArray())
                .Add(references.ConvertAll(static reference => reference.Package).ToArray())
                .Add(references.ConvertAll(static reference => reference.Untagged).ToArray())
                .Add(references.ConvertAll(static reference => reference.Row.Sequence).ToArray())
                .Add(references.ConvertAll(static reference => reference.Row.Project).ToArray());
        }

        if (commits.Count > 0)
        {
            batch.Do(InsertCommits)
                .Add(commits.ConvertAll(static commit => (string?)commit.Commit).ToArray())
                .Add(commits.ConvertAll(static commit => commit.Occurrence).ToArray());
        }

        var unmapped = rows.FindAll(static row => row.UnmappedReason is not null);
        if (unmapped.Count > 0)
        {
            batch.Do(InsertUnmapped)
                .Add(unmapped.ConvertAll(static row => row.Project).ToArray())
                .Add(unmapped.ConvertAll(static row => row.Sequence).ToArray())
                .Add(unmapped.ConvertAll(static row => row.UnmappedReason).ToArray());
        }
    }

    /// <summary>Adds the commands that remove everything that hangs on an occurrence; what it taught stays known.</summary>
    /// <param name="dirty">Takes the versions that it concerned.</param>
    public static void Unlink(PostgresBatch batch, long project, long occurrence, DirtyVersions dirty, string? traceParent)
    {
        batch.Ask(Remove, row => dirty.Add(row.Number(0), traceParent)).Add(occurrence);
        batch.Do(RemoveReferences).Add(occurrence);
        batch.Do(RemoveCommits).Add(occurrence);
        batch.Do(RemoveUnmapped).Add(project).Add(occurrence);
    }

    private void Resolve(LinkedRow row)
    {
        var placement = row.VersionResolution;
        linked.Clear();
        foreach (var version in placement.Named)
            linked.TryAdd(names.Coordinate(version).Key, LinkOrigin.Named);
        foreach (var reference in placement.ByDigest)
            Refer(row, reference);
        foreach (var (coordinate, origin) in linked)
        {
            links.Add((coordinate, row, origin));
            Dirty.Add(coordinate, row.TraceParent);
        }

        foreach (var commit in placement.Commits)
            commits.Add((commit, row.Sequence));
        row.UnmappedReason = linked.Count > 0 ? null : WhyUnmapped.Of(placement);
    }

    private void Refer(LinkedRow row, Mapping.DigestReference reference)
    {
        var (digest, package) = (names.Digest(reference.Digest), names.Package(reference.Package));
        var isKnown = false;
        foreach (var coordinate in lessons.VersionsOf(digest, package))
        {
            isKnown = true;
            Link(coordinate, LinkOrigin.Digest);
        }

        // What is known stays known: then the stand-in will never be needed.
        var untagged = isKnown || reference.Untagged is null ? 0 : names.Coordinate(reference.Untagged).Key;
        if (untagged != 0)
            Link(untagged, LinkOrigin.Untagged);
        references.Add((digest, package, untagged, row));
    }

    private void Link(long coordinate, LinkOrigin origin)
    {
        if (!linked.TryGetValue(coordinate, out var known) || origin < known)
            linked[coordinate] = origin;
    }
}
