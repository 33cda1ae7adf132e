using System.Text.Json;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>How tries end on the rows of versions: settled by who holds the lease, given back, or marked by who lost it.</summary>
internal static class Deliveries
{
    private static readonly Sql InHand = new(
        "select revision, update_time, owned from versions where seq = ? and lease = ? and state = 2");

    private static readonly Sql OwnedOf = new("select owned from versions where seq = ?");

    private static readonly Sql SetOwned = new("update versions set owned = ? where seq = ?");

    private static readonly Sql Intend = new("update versions set owned = ?, intended = 1 where seq = ?");

    private static readonly Sql SettleVerified = new(
        """
        update versions set state = 3, due_at = null, ready = null, dirty_since = null, lease = null, attempts = 0, failing_since = null,
        stops = 0, recreate = 0, settled = ?2, outcome = ?3, reason = ?4, verified_time = ?5, read_back = ?6, read_back_names = ?7,
        rest_until = ?8, check_at = ?9 where seq = ?1
        """);

    private static readonly Sql SettleOlder = new(
        """
        update versions set state = 1, due_at = coalesce(?8, ?5), ready = case when ?8 is null then ?10 end, dirty_since = ?10,
        lease = null, attempts = 0, failing_since = null, stops = 0, recreate = 0, settled = ?2, outcome = ?3, reason = ?4,
        verified_time = ?5, read_back = ?6, read_back_names = ?7, rest_until = ?8, check_at = null where seq = ?1
        """);

    private static readonly Sql SettleFailed = new(
        """
        update versions set state = ?2, due_at = ?3, ready = null, lease = null, stops = 0, failing_since = coalesce(failing_since, ?4),
        outcome = ?5, reason = ?6 where seq = ?1
        """);

    private static readonly Sql GiveBack = new(
        """
        update versions set state = 1, due_at = ?3, ready = coalesce(dirty_since, ?3), lease = null, stops = 0, attempts = max(attempts - 1, 0)
        where seq = ?1 and lease = ?2 and state = 2
        """);

    private const string Again =
        """
        update versions set revision = revision + 1, update_time = ?3, attempts = 0, failing_since = null, stops = 0, recreate = 1,
        due_at = case state when 2 then due_at else ?3 end, ready = case state when 2 then null else coalesce(dirty_since, ?3) end,
        check_at = null, state = case state when 2 then 2 else 1 end, dirty_since = coalesce(dirty_since, ?3)
        """;

    private static readonly Sql AgainByName = new(Again + " where coordinate = ?1 and target = ?2");
    private static readonly Sql AgainInState = new(Again + " where seq = ?1 and state = ?2");

    // Its worker is late, but it lives: nothing was stopped by the version.
    private static readonly Sql ClearCrashCount = new(
        """
        update versions set stops = 0, ready = case when state = 1 and ready is null and due_at is null then coalesce(dirty_since, ?2) else ready end
        where seq = ?1
        """);

    internal static readonly Sql LastReadBack = new(
        "select settled, verified_time, read_back, read_back_names from versions where coordinate = ? and target = ? and read_back is not null");

    public static bool RecordIntent(WriteSession session, ClaimedVersion version, IReadOnlyList<string> owned)
    {
        if (Held(session, version) is not { } row)
            return false;
        session.Use(Intend).Add(Json(ReadOwned(row.Owned).Union(owned, StringComparer.Ordinal))).Add(version.Id).Run();
        return true;
    }

    public static SettleResult Settle(WriteSession session, ClaimedVersion version, Settlement settlement)
    {
        if (Held(session, version) is not { } row)
        {
            MarkLost(session, version);
            return SettleResult.LeaseLost;
        }

        // Never fewer than before: a late writer may still set what this one no longer wants. A check gives it up.
        if (settlement.Owned is { } owned)
            Own(session, version, ReadOwned(row.Owned).Union(owned, StringComparer.Ordinal));

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
            || session.Use(AgainByName).Add(coordinate).Add(key).Add(session.Now).Run() == 0)
        {
            throw StoreRefusals.VersionNotFound(target, version);
        }

        session.Woken.Add(target);
        return VersionRows.Find(session.Database, target, version)!;
    }

    public static int Redeliver(WriteSession session, IReadOnlyList<VersionRow> versions)
    {
        var marked = 0;
        foreach (var version in versions)
        {
            if (session.Use(AgainInState).Add(version.Sequence).Add((long)version.State).Add(session.Now).Run() == 0)
                continue;
            session.Woken.Add(version.Target);
            marked++;
        }

        return marked;
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

    private static SettleResult Verify(
        WriteSession session, ClaimedVersion version, Settlement settlement, (long Revision, long UpdateTime, string Owned) row)
    {
        var isNewest = row.Revision == version.Revision;
        var update = session.Use(isNewest ? SettleVerified : SettleOlder)
            .Add(version.Id).Add(version.Revision).Add(settlement.Outcome).Add(settlement.Reason).Add(session.Now)
            .AddOrNull(settlement.ReadBack?.Digest)
            .Add(settlement.ReadBack is { } readBack ? JsonSerializer.Serialize(readBack.Names) : null)
            .Add(settlement.RestUntil).Add(settlement.CheckAt);
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
        VersionTable.MarkAgain(session, version);
        session.Use(ClearCrashCount).Add(version.Id).Add(session.Now).Run();
        session.Woken.Add(version.Target);
        if (version.MayHaveSet.Count == 0)
            return;
        string owned;
        using (var row = session.Use(OwnedOf).Add(version.Id))
            owned = row.Step() ? row.Text(0) : "[]";
        Own(session, version, ReadOwned(owned).Union(version.MayHaveSet, StringComparer.Ordinal));
    }

    private static void Own(WriteSession session, ClaimedVersion version, IEnumerable<string> names) =>
        session.Use(SetOwned).Add(Json(names)).Add(version.Id).Run();

    private static string Json(IEnumerable<string> names) => JsonSerializer.Serialize(names.Order(StringComparer.Ordinal));

    private static (long Revision, long UpdateTime, string Owned)? Held(WriteSession session, ClaimedVersion version)
    {
        using var row = session.Use(InHand).Add(version.Id).Add(version.Lease);
        return row.Step() ? (row.Number(0), row.Number(1), row.Text(2)) : null;
    }

    private static string[] ReadOwned(string json) => JsonSerializer.Deserialize<string[]>(json)!;
}
