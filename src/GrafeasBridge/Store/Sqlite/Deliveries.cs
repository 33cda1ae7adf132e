using System.Text.Json;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Versions in the hands of workers. One column, <c>due_at</c>, says when a row is next to be taken: since it became dirty
/// (pending), at its next attempt (waiting), at the end of its lease (in hand); settled and parked rows have none.
/// </summary>
internal static class Deliveries
{
    internal static readonly Sql Due = new(
        $"""
        select v.seq, v.revision, v.attempts, v.failing_since, v.owned, v.trace_parent, v.state,
        p.subject, p.repo, p.package, c.version
        from versions v indexed by version_due join coordinates c on c.key = v.coordinate join packages p on p.key = c.package
        where v.target = ? and v.due_at <= ? order by v.due_at limit ?
        """);

    private static readonly Sql TakeInHand = new(
        "update versions set state = 2, lease = ?, due_at = ?, attempts = ?, failing_since = ? where seq = ?");

    private static readonly Sql InHand = new(
        "select revision, update_time, owned from versions where seq = ? and lease = ? and state = 2");

    private static readonly Sql OwnedOf = new("select owned from versions where seq = ?");

    private static readonly Sql SetOwned = new("update versions set owned = ? where seq = ?");

    private static readonly Sql SettleVerified = new(
        """
        update versions set state = 3, due_at = null, dirty_since = null, lease = null, attempts = 0, failing_since = null,
        settled = ?2, outcome = ?3, reason = ?4, verified_time = ?5, read_back = ?6, read_back_names = ?7 where seq = ?1
        """);

    private static readonly Sql SettleOlder = new(
        """
        update versions set state = 1, due_at = ?5, dirty_since = ?8, lease = null, attempts = 0, failing_since = null,
        settled = ?2, outcome = ?3, reason = ?4, verified_time = ?5, read_back = ?6, read_back_names = ?7 where seq = ?1
        """);

    private static readonly Sql SettleFailed = new(
        """
        update versions set state = ?2, due_at = ?3, lease = null, failing_since = coalesce(failing_since, ?4),
        outcome = ?5, reason = ?6 where seq = ?1
        """);

    private static readonly Sql GiveBack = new(
        """
        update versions set state = 1, due_at = ?3, lease = null, attempts = max(attempts - 1, 0)
        where seq = ?1 and lease = ?2 and state = 2
        """);

    private static readonly Sql Again = new(
        """
        update versions set revision = revision + 1, update_time = ?3, attempts = 0, failing_since = null,
        due_at = case state when 2 then due_at else ?3 end, state = case state when 2 then 2 else 1 end,
        dirty_since = coalesce(dirty_since, ?3)
        where coordinate = ?1 and target = ?2
        """);

    internal static readonly Sql LastReadBack = new(
        "select settled, verified_time, read_back, read_back_names from versions where coordinate = ? and target = ? and read_back is not null");

    internal static readonly Sql NextDue = new(
        "select min(due_at) from versions indexed by version_due where target = ? and due_at is not null");

    internal static readonly Sql Dirty = new(
        "select count(*), min(dirty_since) from versions indexed by version_due where target = ? and due_at is not null");

    internal static readonly Sql Parked = new("select count(*) from versions where target = ? and state = 6");

    public static IReadOnlyList<ClaimedVersion> Claim(WriteSession session, string target, int max, TimeSpan lease)
    {
        if (TargetRows.Key(session.Database, target) is not { } key)
            return [];
        var now = session.Now;
        // One name for the whole claim is enough: a row is told from the others by its id.
        var name = Guid.NewGuid().ToString("N");
        var claimed = new List<ClaimedVersion>();
        using (var rows = session.Use(Due).Add(key).Add(now).Add(max))
        {
            while (rows.Step())
                claimed.Add(Read(rows, target, name, now));
        }

        foreach (var version in claimed)
        {
            session.Use(TakeInHand)
                .Add(name).Add(now + lease).Add(version.Attempts).Add(version.FailingSince).Add(version.Id).Run();
        }

        return claimed;
    }

    public static bool RecordIntent(WriteSession session, ClaimedVersion version, IReadOnlyList<string> owned)
    {
        if (Held(session, version) is not { } row)
            return false;
        Own(session, version, ReadOwned(row.Owned).Union(owned, StringComparer.Ordinal));
        return true;
    }

    public static SettleResult Settle(WriteSession session, ClaimedVersion version, Settlement settlement)
    {
        if (Held(session, version) is not { } row)
        {
            MarkLost(session, version);
            return SettleResult.LeaseLost;
        }

        if (settlement.Owned is { } owned)
        {
            // A newer revision may be the mark of a late writer, who has set what this worker has given up.
            bool isNewest = row.Revision == version.Revision;
            Own(session, version, isNewest ? owned : ReadOwned(row.Owned).Union(owned, StringComparer.Ordinal));
        }

        return settlement.State == DeliveryState.Verified
            ? Verify(session, version, settlement, row)
            : Fail(session, version, settlement);
    }

    public static bool Release(WriteSession session, IReadOnlyList<ClaimedVersion> versions)
    {
        foreach (var version in versions)
        {
            if (session.Use(GiveBack).Add(version.Id).Add(version.Lease).Add(session.Now).Run() > 0)
                session.Woken.Add(version.Target);
            else
                MarkLost(session, version);
        }

        return true;
    }

    public static VersionRow Redeliver(WriteSession session, string target, VersionCoordinates version)
    {
        if (Names.Coordinate(session.Database, version) is not { } coordinate
            || TargetRows.Key(session.Database, target) is not { } key
            || session.Use(Again).Add(coordinate).Add(key).Add(session.Now).Run() == 0)
            throw new StoreException(StoreFailure.NotFound, $"version {version} is not known at target {target}");
        session.Woken.Add(target);
        return VersionRows.Find(session.Database, target, version)!;
    }

    public static DeliveredVersion? Delivered(SqliteDatabase database, string target, VersionCoordinates version)
    {
        if (Names.Coordinate(database, version) is not { } coordinate || TargetRows.Key(database, target) is not { } key)
            return null;
        using var row = database.Use(LastReadBack).Add(coordinate).Add(key);
        return row.Step()
            ? new DeliveredVersion(row.Number(0), row.Time(1), new ReadBack(row.Bytes(2), ReadOwned(row.Text(3))))
            : null;
    }

    public static Backlog BacklogOf(SqliteDatabase database, string target)
    {
        if (TargetRows.Key(database, target) is not { } key)
            return new Backlog(0, 0, null);
        var parked = database.Use(Parked).Add(key).RunForNumber() ?? 0;
        using var row = database.Use(Dirty).Add(key);
        return row.Step() ? new Backlog(row.Number(0), parked, row.TimeOrNull(1)) : new Backlog(0, parked, null);
    }

    public static DateTimeOffset? NextDueOf(SqliteDatabase database, string target) =>
        TargetRows.Key(database, target) is { } key && database.Use(NextDue).Add(key).RunForNumber() is { } ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;

    private static SettleResult Verify(
        WriteSession session, ClaimedVersion version, Settlement settlement, (long Revision, long UpdateTime, string Owned) row)
    {
        var isNewest = row.Revision == version.Revision;
        var update = session.Use(isNewest ? SettleVerified : SettleOlder)
            .Add(version.Id).Add(version.Revision).Add(settlement.Outcome).Add(settlement.Reason).Add(session.Now)
            .AddOrNull(settlement.ReadBack?.Digest)
            .Add(settlement.ReadBack is { } readBack ? JsonSerializer.Serialize(readBack.Names) : null);
        if (isNewest)
        {
            update.Run();
            return SettleResult.Settled;
        }

        // It has been dirty since its wanted state changed last.
        update.Add(row.UpdateTime).Run();
        session.Woken.Add(version.Target);
        return SettleResult.StillDirty;
    }

    /// <summary>A newer revision does not cut a wait short, nor un-park: as if it had arrived a moment after the settlement.</summary>
    private static SettleResult Fail(WriteSession session, ClaimedVersion version, Settlement settlement)
    {
        session.Use(SettleFailed)
            .Add(version.Id).Add((long)settlement.State).Add(settlement.NextAttempt).Add(session.Now)
            .Add(settlement.Outcome).Add(settlement.Reason).Run();
        return SettleResult.Settled;
    }

    /// <summary>What a worker without the lease has written may stand over its successor's: the newest is brought once more.</summary>
    private static void MarkLost(WriteSession session, ClaimedVersion version)
    {
        Versions.MarkAgain(session, version);
        if (version.MayHaveSet.Count == 0)
            return;
        string owned;
        using (var row = session.Use(OwnedOf).Add(version.Id))
            owned = row.Step() ? row.Text(0) : "[]";
        Own(session, version, ReadOwned(owned).Union(version.MayHaveSet, StringComparer.Ordinal));
    }

    private static void Own(WriteSession session, ClaimedVersion version, IEnumerable<string> names) =>
        session.Use(SetOwned).Add(JsonSerializer.Serialize(names.Order(StringComparer.Ordinal))).Add(version.Id).Run();

    private static (long Revision, long UpdateTime, string Owned)? Held(WriteSession session, ClaimedVersion version)
    {
        using var row = session.Use(InHand).Add(version.Id).Add(version.Lease);
        return row.Step() ? (row.Number(0), row.Number(1), row.Text(2)) : null;
    }

    /// <summary>A row whose lease ended in somebody's hand has failed once more; the others begin or go on.</summary>
    private static ClaimedVersion Read(SqliteStatement row, string target, string lease, DateTimeOffset now)
    {
        var failingSince = row.TimeOrNull(3);
        if ((DeliveryState)row.Number(6) == DeliveryState.Delivering)
            failingSince ??= now;
        return new ClaimedVersion(
            Id: row.Number(0),
            Target: target,
            Coordinates: VersionRows.Coordinates(row, 7),
            Lease: lease,
            Revision: row.Number(1),
            Attempts: (int)row.Number(2) + 1,
            FailingSince: failingSince,
            Owned: ReadOwned(row.Text(4)),
            TraceParent: row.TextOrNull(5));
    }

    private static string[] ReadOwned(string json) => JsonSerializer.Deserialize<string[]>(json)!;
}
