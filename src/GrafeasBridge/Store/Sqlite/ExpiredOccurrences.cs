namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Finds expired occurrences that may be compacted. They are examined in order of sequence, which is nearly that of their creation,
/// so that a scan ends soon after the expired ones do.
/// </summary>
internal sealed class ExpiredOccurrences(SqliteDatabase database, ExpiredQuery query, IReadOnlyList<string> targetNames)
{
    /// <summary>Occurrences that one read examines.</summary>
    internal const int MaxRowsExamined = 2000;

    internal static readonly Sql InOrder = new(
        "select seq, project, create_time, content, original, content_sum from occurrences where seq > ? order by seq limit ?");

    internal static readonly Sql LinksOf = new("select coordinate, origin from links where occurrence = ? order by coordinate");

    private static readonly Sql VerifiedRevision = new(
        "select revision from versions where coordinate = ? and target = ? and state = 3 and settled = revision");

    private static readonly Sql NameOf = new(
        "select p.subject, p.repo, p.package, c.version from coordinates c join packages p on p.key = c.package where c.key = ?");

    private readonly List<ExpiredOccurrence> occurrences = [];
    private readonly List<AffectedVersion> versions = [];
    private readonly Dictionary<long, int?> places = [];
    private readonly List<long> targets = [.. targetNames.Select(name => TargetRows.Key(database, name) ?? 0)];
    private long bytes;

    /// <summary>Run in one snapshot.</summary>
    public ExpiredPart Read()
    {
        var cursor = query.After;
        int rowsExamined = 0, old = 0;
        using var rows = database.Use(InOrder).Add(query.After).Add(MaxRowsExamined);
        while (rows.Step())
        {
            rowsExamined++;
            if (IsOld(rows.Time(2)))
            {
                old++;
                if (!Take(rows))
                    return new ExpiredPart(occurrences, versions, cursor, IsLast: false);
            }

            cursor = rows.Number(0);
        }

        return new ExpiredPart(occurrences, versions, cursor, IsLast: rowsExamined < MaxRowsExamined || old == 0);
    }

    /// <summary>What a version is verified with at every target; null when it is not.</summary>
    public static long[]? Revisions(SqliteDatabase database, long coordinate, IReadOnlyList<long> targets)
    {
        // Without a target nothing is ever verified.
        if (targets.Count == 0)
            return null;
        var revisions = new long[targets.Count];
        for (var i = 0; i < revisions.Length; i++)
        {
            if (database.Use(VerifiedRevision).Add(coordinate).Add(targets[i]).RunForNumber() is not { } revision)
                return null;
            revisions[i] = revision;
        }

        return revisions;
    }

    /// <summary>The versions that an occurrence concerns; null while a placeholder is among them, which a tag may still replace.</summary>
    public static List<long>? Linked(SqliteDatabase database, long occurrence)
    {
        var linked = new List<long>();
        using var rows = database.Use(LinksOf).Add(occurrence);
        while (rows.Step())
        {
            if (rows.Number(1) == (long)LinkOrigin.Placeholder)
                return null;
            linked.Add(rows.Number(0));
        }

        return linked;
    }

    private bool IsOld(DateTimeOffset created) => created < query.Mapped || created < query.Unmapped;

    /// <returns>False when the part is full without this one.</returns>
    private bool Take(SqliteStatement row)
    {
        var (sequence, created) = (row.Number(0), row.Time(2));
        if (Linked(database, sequence) is not { } linked || !(created < (linked.Count > 0 ? query.Mapped : query.Unmapped)))
            return true;
        if (occurrences.Count > 0 && (occurrences.Count == query.Rows || versions.Count > query.Rows || bytes >= query.Bytes))
            return false;
        if (linked.Exists(coordinate => PlaceOf(coordinate) is null))
            return true;

        // What is damaged stays for a person to see.
        if (ContentOf(row) is not { } content)
            return true;
        bytes += content.Length;
        occurrences.Add(new ExpiredOccurrence(sequence, created, content, [.. linked.Select(coordinate => PlaceOf(coordinate)!.Value)]));
        return true;
    }

    private static byte[]? ContentOf(SqliteStatement row)
    {
        try
        {
            return row.Message(3).Content;
        }
        catch (StoreException damage) when (damage.Failure == StoreFailure.Damaged)
        {
            return null;
        }
    }

    private int? PlaceOf(long coordinate)
    {
        if (places.TryGetValue(coordinate, out var place))
            return place;
        if (Revisions(database, coordinate, targets) is not { } revisions)
            return places[coordinate] = null;
        using (var name = database.Use(NameOf).Add(coordinate))
        {
            if (!name.Step())
                return places[coordinate] = null;
            var compacted = CompactedVersions.Find(database, coordinate);
            bytes += compacted?.State.Length ?? 0;
            versions.Add(new AffectedVersion(coordinate, name.Coordinates(0), revisions, compacted));
        }

        return places[coordinate] = versions.Count - 1;
    }
}
