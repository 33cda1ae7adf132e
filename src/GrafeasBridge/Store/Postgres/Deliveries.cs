using System.Text.Json;
using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// How tries end on the rows of versions: settled by who holds the lease, given back, or marked by who lost it. Each is one command, which
/// looks and writes at once: a revision that comes at the same moment is either seen by it or comes after it.
/// </summary>
internal static class Deliveries
{
    private const string Held = "v.seq = $1 and v.lease = $2 and v.state = 2";

    internal static readonly string Intend = $"update versions v set owned = {Owning("$3")}, intended = 1 where {Held}";

    // When it is no longer the newest it has been dirty since its wanted state changed last.
    internal static readonly string SettleVerified =
        $"""
        update versions v set
        state = case when v.revision = $3 then 3 else 1 end,
        due_at = case when v.revision <> $3 then coalesce($10, $7) end,
        ready = case when v.revision <> $3 and $10 is null then v.update_time end,
        dirty_since = case when v.revision <> $3 then v.update_time end,
        check_at = case when v.revision = $3 then $11 end,
        lease = null, attempts = 0, failing_since = null, stops = 0, recreate = 0, settled = $3, owned = {Owning("$4")},
        outcome = $5, reason = $6, verified_time = $7, read_back = $8, read_back_names = $9, rest_until = $10
        where {Held} returning case when v.revision = $3 then 1 else 0 end
        """;

    // A newer revision does not cut a wait short, nor un-park: as if it had arrived a moment after the settlement.
    internal static readonly string SettleFailed =
        $"""
        update versions v set state = $3, due_at = $7, ready = null, lease = null, stops = 0, failing_since = coalesce(v.failing_since, $8),
        owned = {Owning("$4")}, outcome = $5, reason = $6 where {Held} returning 1
        """;

    internal const string GiveBack =
        $"""
        update versions v set state = 1, due_at = $3, ready = coalesce(v.dirty_since, $3), lease = null, stops = 0,
        attempts = greatest(v.attempts - 1, 0) where {Held}
        """;

    private const string Again =
        """
        update versions v set revision = v.revision + 1, update_time = $1, attempts = 0, failing_since = null, stops = 0, recreate = 1,
        due_at = case v.state when 2 then v.due_at else $1 end,
        ready = case v.state when 2 then null else coalesce(v.dirty_since, $1) end,
        check_at = null, state = case v.state when 2 then 2 else 1 end, dirty_since = coalesce(v.dirty_since, $1)
        """;

    internal static readonly string AgainByName = $"{Again} where v.coordinate = {KnownKeys.Coordinate(3)} and v.target = {KnownKeys.Target(2)}";

    internal const string LockRows = "select v.seq from versions v where v.seq = any($1) order by v.seq for no key update";

    internal const string AgainInState =
        $"{Again} from unnest($2, $3) w (seq, state) where v.seq = w.seq and v.state = w.state and v.seq = any($2) returning v.seq";

    private const string KeysOf = "select coordinate, target from versions where seq = $1";

    // Its worker is late, but it lives: nothing was stopped by the version.
    internal static readonly string ClearCrashCount =
        $"""
        update versions v set stops = 0, owned = {Owning("$3")},
        ready = case when v.state = 1 and v.ready is null and v.due_at is null then coalesce(v.dirty_since, $2) else v.ready end
        where v.seq = $1
        """;

    internal static readonly string LastReadBack =
        $"""
        select v.settled, v.verified_time, v.read_back, v.read_back_names from versions v
        where v.coordinate = {KnownKeys.Coordinate(2)} and v.target = {KnownKeys.Target(1)} and v.read_back is not null
        """;

    public static async Task<bool> RecordIntentAsync(PostgresSession session, ClaimedVersion version, IReadOnlyList<string> owned) =>
        await session.Use(Intend).Add(version.Id).Add(version.Lease).Add(Array(owned)).RunAsync() > 0;

    public static async Task<SettleResult> SettleAsync(PostgresSession session, ClaimedVersion version, Settlement settlement)
    {
        var isNewest = await (settlement.State == DeliveryState.Verified
            ? Verify(session, version, settlement)
            : Fail(session, version, settlement)).NumberAsync();
        if (isNewest == 1)
            return SettleResult.Settled;
        session.Woken.Add(version.Target);
        if (isNewest == 0)
            return SettleResult.StillDirty;
        await MarkLostAsync(session, version);
        return SettleResult.LeaseLost;
    }

    public static async Task<bool> ReleaseAsync(PostgresSession session, IReadOnlyList<ClaimedVersion> versions)
    {
        // In order of sequence, as everybody locks rows of versions.
        foreach (var version in versions.OrderBy(version => version.Id))
        {
            if (await session.Use(GiveBack).Add(version.Id).Add(version.Lease).Add(session.Now).RunAsync() > 0)
                session.Woken.Add(version.Target);
            else
                await MarkLostAsync(session, version);
        }

        return true;
    }

    public static async Task<VersionRow> RedeliverAsync(PostgresSession session, string target, VersionCoordinates version)
    {
        if (await session.Use(AgainByName).Add(session.Now).Add(target).Add(version).RunAsync() == 0)
            throw StoreRefusals.VersionNotFound(target, version);
        session.Woken.Add(target);
        return (await VersionRows.FindAsync(session, target, version))!;
    }

    public static async Task<int> RedeliverAsync(PostgresSession session, IReadOnlyList<VersionRow> versions)
    {
        long[] rows = [.. versions.Select(version => version.Sequence)];
        await session.Use(LockRows).Add(rows).RunAsync();
        var marked = await session.Use(AgainInState).Add(session.Now).Add(rows).Add(versions.Select(version => (int)version.State).ToArray())
            .AllAsync(static row => row.Number(0));
        session.Woken.UnionWith(versions.Where(version => marked.Contains(version.Sequence)).Select(version => version.Target));
        return marked.Count;
    }

    public static Task<DeliveredVersion?> DeliveredAsync(PostgresSession session, string target, VersionCoordinates version) =>
        session.Use(LastReadBack).Add(target).Add(version).FirstAsync(static row => new DeliveredVersion(
            row.Number(0), row.Time(1), new ReadBack(row.Bytes(2), JsonSerializer.Deserialize<string[]>(row.Text(3))!)));

    private static PostgresCommand Verify(PostgresSession session, ClaimedVersion version, Settlement settlement) =>
        session.Use(SettleVerified)
            .Add(version.Id).Add(version.Lease).Add(version.Revision).Add(Array(settlement.Owned)).Add(settlement.Outcome).Add(settlement.Reason)
            .Add(session.Now).Add(settlement.ReadBack?.Digest)
            .Add(settlement.ReadBack is { } readBack ? JsonSerializer.Serialize(readBack.Names) : null)
            .Add(session.Clock.ToDatabase(settlement.RestUntil)).Add(session.Clock.ToDatabase(settlement.CheckAt));

    private static PostgresCommand Fail(PostgresSession session, ClaimedVersion version, Settlement settlement) =>
        session.Use(SettleFailed)
            .Add(version.Id).Add(version.Lease).Add((int)settlement.State).Add(Array(settlement.Owned)).Add(settlement.Outcome).Add(settlement.Reason)
            .Add(session.Clock.ToDatabase(settlement.NextAttempt)).Add(session.Now);

    /// <summary>What a worker without the lease has written may stand over its successor's: the newest is brought once more.</summary>
    private static async Task MarkLostAsync(PostgresSession session, ClaimedVersion version)
    {
        var keys = await session.Use(KeysOf).Add(version.Id).AllAsync(static row => (Coordinate: row.Number(0), Target: row.Number(1)));
        if (keys.Count == 0)
            throw StoreRefusals.VersionNotFound(version.Target, version.Coordinates);
        await VersionTable.MarkAsync(session, keys[0].Coordinate, keys[0].Target, version.Target, version.TraceParent);
        await session.Use(ClearCrashCount).Add(version.Id).Add(session.Now).Add(Array(version.MayHaveSet)).RunAsync();
        session.Woken.Add(version.Target);
    }

    /// <summary>
    /// What the row owns and the names beside. Never fewer than before: a late writer may still set what this one no longer wants.
    /// A check gives it up.
    /// </summary>
    private static string Owning(string names) =>
        $"""
        (select coalesce(jsonb_agg(o.name order by o.name collate "C"), '[]')::text from (
            select jsonb_array_elements_text(v.owned::jsonb) as name union select unnest({names})) o)
        """;

    private static string[] Array(IReadOnlyList<string>? names) => names is null ? [] : [.. names];
}
