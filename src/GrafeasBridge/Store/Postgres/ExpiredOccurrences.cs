namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Finds expired occurrences that may be compacted. They are examined in order of sequence, which is nearly that of their creation,
/// so that a scan ends soon after the expired ones do. What decides is read for all of them at once, contents only for those that were chosen.
/// </summary>
internal sealed class ExpiredOccurrences(PostgresSession session, ExpiredQuery query)
{
    /// <summary>Occurrences that one read examines.</summary>
    internal const int MaxRowsExamined = 2000;

    internal const string InOrder =
        "select o.seq, o.create_time, octet_length(o.content) from occurrences o where o.seq > $1 order by o.seq limit $2";

    internal const string LinksOf =
        "select l.occurrence, l.coordinate, l.origin from links l where l.occurrence = any($1) order by l.occurrence, l.coordinate";

    internal const string VerifiedRevisions =
        """
        select v.coordinate, t.name, v.revision from versions v join targets t on t.key = v.target
        where v.coordinate = any($1) and t.name = any($2) and v.state = 3 and v.settled = v.revision
        """;

    internal const string SizesOfCompacted = "select f.coordinate, octet_length(f.state) from compacted_versions f where f.coordinate = any($1)";

    internal const string ContentsOf = "select o.seq, o.content, o.original, o.content_sum from occurrences o where o.seq = any($1)";

    internal static readonly string NamesOf =
        $"select k.key, n.subject, n.repo, n.package, n.version from unnest($1) k (key) {DueVersions.NamesOf("k.key")}";

    private readonly List<(long Sequence, DateTimeOffset Created, int[] Versions)> chosen = [];
    private readonly List<long> coordinates = [];
    private readonly Dictionary<long, int?> places = [];
    private Dictionary<long, List<long>?> links = [];
    private Dictionary<long, long[]> revisions = [];
    private Dictionary<long, long> compactedBytes = [];
    private long bytes;

    /// <summary>Run in one snapshot.</summary>
    public async Task<ExpiredPart> ReadAsync()
    {
        var rows = await session.Use(InOrder).Add(query.After).Add(MaxRowsExamined)
            .AllAsync(static row => (Sequence: row.Number(0), Created: row.Time(1), Bytes: row.Number(2)));
        var old = rows.Where(row => row.Created < query.Mapped || row.Created < query.Unmapped).ToList();
        if (old.Count > 0)
            await ExamineAsync([.. old.Select(row => row.Sequence)]);

        foreach (var row in old)
        {
            // Everything before the first one for which there is no room has been examined.
            if (!Take(row.Sequence, row.Created, row.Bytes))
                return await FillAsync(BeforeOf(rows.Select(each => each.Sequence), row.Sequence), isLast: false);
        }

        return await FillAsync(rows.Count > 0 ? rows[^1].Sequence : query.After, isLast: rows.Count < MaxRowsExamined || old.Count == 0);
    }

    /// <summary>What versions are verified with at every target of this bridge; one that is not is left out.</summary>
    public static async Task<Dictionary<long, long[]>> RevisionsAsync(PostgresSession session, long[] coordinates)
    {
        var found = await session.Use(VerifiedRevisions).Add(coordinates).Add(session.Targets)
            .AllAsync(static row => (Coordinate: row.Number(0), Target: row.Text(1), Revision: row.Number(2)));
        // Without a target nothing is ever verified.
        return found.GroupBy(row => row.Coordinate).Where(rows => rows.Count() == session.Targets.Length).ToDictionary(
            rows => rows.Key,
            rows => session.Targets.Select(target => rows.First(row => row.Target == target).Revision).ToArray());
    }

    /// <summary>The versions that occurrences concern; null for one with a placeholder among them, which a tag may still replace.</summary>
    public static async Task<Dictionary<long, List<long>?>> LinkedAsync(PostgresSession session, long[] occurrences)
    {
        var found = await session.Use(LinksOf).Add(occurrences)
            .AllAsync(static row => (Occurrence: row.Number(0), Coordinate: row.Number(1), Origin: row.Number(2)));
        return found.GroupBy(link => link.Occurrence).ToDictionary(
            links => links.Key,
            links => links.Any(link => link.Origin == PlaceholderOrigin) ? null : links.Select(link => link.Coordinate).ToList());
    }

    private const long PlaceholderOrigin = (long)LinkOrigin.Placeholder;

    private static long BeforeOf(IEnumerable<long> sequences, long sequence) => sequences.TakeWhile(each => each < sequence).LastOrDefault();

    private async Task ExamineAsync(long[] occurrences)
    {
        links = await LinkedAsync(session, occurrences);
        long[] concerned = [.. links.Values.OfType<List<long>>().SelectMany(coordinates => coordinates).Distinct()];
        revisions = await RevisionsAsync(session, concerned);
        compactedBytes = (await session.Use(SizesOfCompacted).Add(concerned).AllAsync(static row => (Key: row.Number(0), Value: row.Number(1))))
            .ToDictionary(found => found.Key, found => found.Value);
    }

    /// <returns>False when the part is full without this one.</returns>
    private bool Take(long sequence, DateTimeOffset created, long size)
    {
        var linked = links.GetValueOrDefault(sequence, []);
        if (linked is null || !(created < (linked.Count > 0 ? query.Mapped : query.Unmapped)))
            return true;
        if (chosen.Count > 0 && (chosen.Count == query.Rows || coordinates.Count > query.Rows || bytes >= query.Bytes))
            return false;
        if (linked.Exists(coordinate => PlaceOf(coordinate) is null))
            return true;
        bytes += size;
        chosen.Add((sequence, created, [.. linked.Select(coordinate => PlaceOf(coordinate)!.Value)]));
        return true;
    }

    private int? PlaceOf(long coordinate)
    {
        if (places.TryGetValue(coordinate, out var place))
            return place;
        if (!revisions.ContainsKey(coordinate))
            return places[coordinate] = null;
        bytes += compactedBytes.GetValueOrDefault(coordinate);
        coordinates.Add(coordinate);
        return places[coordinate] = coordinates.Count - 1;
    }

    private async Task<ExpiredPart> FillAsync(long cursor, bool isLast)
    {
        long[] keys = [.. coordinates];
        var names = (await session.Use(NamesOf).Add(keys).AllAsync(static row => (Key: row.Number(0), Name: row.Coordinates(1))))
            .ToDictionary(found => found.Key, found => found.Name);
        var compacted = await CompactedVersions.FindAsync(session, keys);
        var contents = (await session.Use(ContentsOf).Add([.. chosen.Select(one => one.Sequence)]).AllAsync(static row => (Key: row.Number(0), Content: ContentOf(row))))
            .ToDictionary(found => found.Key, found => found.Content);
        return new ExpiredPart(
            [
                .. from one in chosen
                   let content = contents[one.Sequence]
                   where content is not null
                   select new ExpiredOccurrence(one.Sequence, one.Created, content, one.Versions),
            ],
            [.. keys.Select(key => new AffectedVersion(key, names[key], revisions[key], compacted.GetValueOrDefault(key)))],
            cursor,
            isLast);
    }

    /// <returns>Null for what is damaged: it stays, for a person to see.</returns>
    private static byte[]? ContentOf(PostgresRow row)
    {
        try
        {
            return row.Message(1).Content;
        }
        catch (StoreException damage) when (damage.Failure == StoreFailure.Damaged)
        {
            return null;
        }
    }
}
