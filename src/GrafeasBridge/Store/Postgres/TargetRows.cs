namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Targets that the database has heard of. One that no bridge is configured with any more keeps its rows but is no longer marked; when it
/// comes back all its rows are marked, since what it missed is not known. A bridge says that it has a target by a lock of its session, which
/// ends with it: one that starts with an older configuration must not put away what another still delivers to.
/// </summary>
internal static class TargetRows
{
    /// <summary>Versions that one transaction marks.</summary>
    public const int Chunk = 1000;

    /// <summary>Says that this bridge has the targets named $1.</summary>
    internal const string Have = $"select pg_advisory_lock_shared({KeyOf}) from unnest($1) name";

    /// <summary>True when a target named $1 is not active.</summary>
    internal const string Lacking = "select count(*) from targets where name = any($1) and active = 0";

    internal const string KnownVersions =
        """
        select c.key from coordinates c where c.key > $1
        and (exists (select 1 from links l where l.coordinate = c.key) or exists (select 1 from versions v where v.coordinate = c.key))
        order by c.key limit $2
        """;

    private const string KeyOf = "hashtextextended('grafeasbridge target ' || current_schema() || ' ' || name, 0)";

    private const string HoldAlone =
        "select pg_advisory_xact_lock(hashtextextended('grafeasbridge targets ' || current_schema(), 0))";

    private const string Insert = "insert into targets (name, active) select name, 0 from unnest($1) name order by name collate \"C\" on conflict do nothing";

    private const string DeactivateOthers =
        $"""
        with others as materialized (select key, name from targets where active <> 0 and name <> all($1)),
        left_alone as materialized (select key from others where pg_try_advisory_xact_lock({KeyOf}))
        update targets set active = 0 where key in (select key from left_alone)
        """;

    // Whoever makes a version from now on makes it there too: what there was before is filled in afterwards.
    private const string BeginToFill = "update targets set active = 2 where name = any($1) and active <> 1 returning key, name";

    private const string Activate = "update targets set active = 1 where key = $1 and active = 2";

    /// <returns>Targets whose rows are to be filled in: all that were known when none of them was marked yet.</returns>
    public static async Task<IReadOnlyList<(long Key, string Name)>> BeginAsync(PostgresSession session, string[] targets)
    {
        await session.Use(Insert).Add(targets).RunAsync();
        await session.Use(HoldAlone).RunAsync();
        await session.Use(DeactivateOthers).Add(targets).RunAsync();
        return await session.Use(BeginToFill).Add(targets).AllAsync(static row => (row.Number(0), row.Text(1)));
    }

    /// <summary>Marks the next versions at a target.</summary>
    /// <returns>The last of them; null when there is none left, and then the target is active.</returns>
    public static async Task<long?> MarkNextAsync(PostgresSession session, long target, string name, long after)
    {
        var keys = await session.Use(KnownVersions).Add(after).Add(Chunk).AllAsync(static row => row.Number(0));
        if (keys.Count > 0)
            await VersionTable.MarkAsync(session, [.. keys], target, name, traceParent: null);
        if (keys.Count == Chunk)
            return keys[^1];
        await session.Use(Activate).Add(target).RunAsync();
        return null;
    }
}

