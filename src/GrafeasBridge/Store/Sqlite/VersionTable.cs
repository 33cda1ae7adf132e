namespace GrafeasBridge.Store.Sqlite;

/// <summary>Versions whose wanted state one operation changes: each is marked once, however many of its occurrences changed.</summary>
internal sealed class DirtyVersions
{
    private readonly HashSet<long> coordinates = [];

    public void Add(long coordinate) => coordinates.Add(coordinate);

    /// <summary>Marks them at every target.</summary>
    public void Mark(WriteSession session, string? traceParent)
    {
        foreach (var coordinate in coordinates)
            VersionTable.Mark(session, coordinate, traceParent);
    }
}

/// <summary>
/// Rows of (version, target): how their revision grows. A row that was settled becomes ready, at the end of its rest; one that waits
/// or is in hand keeps its time; a parked one stays parked, since a person must act.
/// </summary>
internal static class VersionTable
{
    /// <summary>The longest rest that may be asked for.</summary>
    internal static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    internal static readonly Sql Find = new("select seq, state, rest_until from versions where coordinate = ? and target = ?");

    // Most marks fall on rows that are dirty already: those touch no index.
    private static readonly Sql Bump = new(
        "update versions set revision = revision + 1, update_time = ?, trace_parent = ? where seq = ?");

    private static readonly Sql KeysOf = new("select coordinate, target from versions where seq = ?");

    private static readonly Sql MakeDue = new(
        "update versions set state = 1, due_at = ?, ready = ?, dirty_since = ?, check_at = null where seq = ?");

    private static readonly Sql Insert = new(
        """
        insert into versions (
            target, coordinate, package, state, revision, settled, attempts, due_at, ready, dirty_since, update_time,
            owned, outcome, reason, trace_parent)
        select ?1, ?2, package, 1, 1, 0, 0, ?3, ?3, ?3, ?3, '[]', '', '', ?4 from coordinates where key = ?2
        """);

    public static void Mark(WriteSession session, long coordinate, string? traceParent)
    {
        foreach (var target in session.Targets)
            Mark(session, coordinate, target, traceParent);
    }

    public static void Mark(WriteSession session, long coordinate, TargetKey target, string? traceParent)
    {
        var now = session.Now;
        if (FindRow(session, coordinate, target.Key) is not { } row)
        {
            session.Use(Insert).Add(target.Key).Add(coordinate).Add(now).Add(traceParent).Run();
            session.Woken.Add(target.Name);
            return;
        }

        session.Use(Bump).Add(now).Add(traceParent).Add(row.Sequence).Run();
        if (row.State is not (DeliveryState.Verified or DeliveryState.Drifted))
            return;
        // A rest far away was written while the clock was wrong.
        var rest = row.RestUntil > now && row.RestUntil <= now + LongestRest ? row.RestUntil : null;
        session.Use(MakeDue).Add(rest ?? now).Add(rest is null ? now : null).Add(now).Add(row.Sequence).Run();
        session.Woken.Add(target.Name);
    }

    /// <summary>Marks a version at the target of a lost claim, so that the newest state wins over the late write.</summary>
    public static void MarkAgain(WriteSession session, ClaimedVersion version)
    {
        using var row = session.Use(KeysOf).Add(version.Id);
        if (!row.Step())
            throw StoreRefusals.VersionNotFound(version.Target, version.Coordinates);
        Mark(session, row.Number(0), new TargetKey(row.Number(1), version.Target), version.TraceParent);
    }

    private static (long Sequence, DeliveryState State, DateTimeOffset? RestUntil)? FindRow(WriteSession session, long coordinate, long target)
    {
        using var row = session.Use(Find).Add(coordinate).Add(target);
        return row.Step() ? (row.Number(0), (DeliveryState)row.Number(1), row.TimeOrNull(2)) : null;
    }
}
