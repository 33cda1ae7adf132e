namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Rows of (version, target): how their revision grows. A row that was settled becomes ready, at the end of its rest; one that waits
/// or is in hand keeps its time; a parked one stays parked, since a person must act. A version is marked at every target that is active in
/// the database, and at those of this bridge's configuration. Rows are locked in order of sequence, so that nobody waits in a circle.
/// </summary>
internal static class VersionTable
{
    /// <summary>
    /// Held shared by who makes rows of versions, and alone by who makes a target active: no version is made behind
    /// the back of a target that is being filled.
    /// </summary>
    internal const string HoldTargets =
        "select pg_advisory_xact_lock_shared(hashtextextended('grafeasbridge targets ' || current_schema(), 0))";

    internal const string Lock =
        "select 1 from versions where coordinate = any($1) and target = any(array(select key from targets where active <> 0 or name = any($2))) order by seq for no key update";

    internal const string Mark =
        $"""
        with {Held} target = any({AtAll}) {Changed} returning m.target, m.state)
        select name from targets where key = any(array(select distinct target from changed where state in (3, 4)))
        """;

    internal const string Make =
        $"""
        with made as ({Insert} where t.key = any({AtAll}) {Missing} returning target)
        select name from targets where key = any(array(select distinct target from made))
        """;

    internal const string LockAt = "select 1 from versions where coordinate = any($1) and target = $2 order by seq for no key update";

    internal const string MarkAt = $"with {Held} target = $5 {Changed} returning m.state) select count(*) from changed where state in (3, 4)";

    internal const string MakeAt = $"with made as ({Insert} where t.key = $5 {Missing} returning target) select count(*) from made";

    private const string AtAll = "array(select key from targets where active <> 0 or name = any($5))";

    // Looked up one by one: so it is planned, also while the tables are empty.
    private const string Held =
        """
        held as materialized (
            select v.seq, v.target, v.state, m.trace from unnest($1, $2) m (coordinate, trace)
            cross join lateral (select seq, target, state from versions where coordinate = m.coordinate and
        """;

    private const string Changed =
        $"""
        offset 0) v),
        changed as (update versions v set {Change}, trace_parent = m.trace from held m where v.seq = m.seq
        """;

    private const string IsSettled = "v.state in (3, 4)";

    // A rest far away was written while the clock was wrong.
    private const string Rests = "(v.rest_until > $3 and v.rest_until <= $4)";

    private const string Change =
        $"""
        revision = v.revision + 1, update_time = $3,
        state = case when {IsSettled} then 1 else v.state end,
        due_at = case when not {IsSettled} then v.due_at when {Rests} then v.rest_until else $3 end,
        ready = case when not {IsSettled} then v.ready when {Rests} then null else $3 end,
        dirty_since = case when {IsSettled} then $3 else v.dirty_since end,
        check_at = case when {IsSettled} then null else v.check_at end
        """;

    private const string Insert =
        """
        insert into versions as v (
            target, coordinate, package, state, revision, settled, attempts, due_at, ready, dirty_since, update_time,
            owned, outcome, reason, trace_parent)
        select t.key, c.key, c.package, 1, 1, 0, 0, $3, $3, $3, $3, '[]', '', '', m.trace
        from unnest($1, $2) m (coordinate, trace)
        cross join lateral (select key, package from coordinates where key = m.coordinate limit 1) c cross join targets t
        left join lateral (select 1 as known from versions where coordinate = c.key and target = t.key limit 1) k on true
        """;

    // Another bridge may have made the row since this command began to look.
    private const string Missing =
        $"""
        and k.known is null order by c.key, t.key
        on conflict (coordinate, target) do update set {Change}, trace_parent = excluded.trace_parent
        """;

    /// <summary>The longest rest that may be asked for.</summary>
    internal static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    /// <summary>Marks versions at every target.</summary>
    public static async Task MarkAsync(PostgresSession session, long[] coordinates, string? traceParent)
    {
        if (coordinates.Length == 0)
            return;
        var traces = new string?[coordinates.Length];
        Array.Fill(traces, traceParent);
        var batch = new PostgresBatch(session);
        AddTo(batch, session, coordinates, traces);
        await batch.RunAsync();
    }

    /// <summary>Adds the commands that mark versions at every target.</summary>
    /// <param name="traces">Traceparent of the call that changed each.</param>
    public static void AddTo(PostgresBatch batch, PostgresSession session, long[] coordinates, string?[] traces)
    {
        void Wake(PostgresRow row) => session.Woken.Add(row.Text(0));
        batch.Ask(HoldTargets, static _ => { });
        batch.Ask(Lock, static _ => { }).Add(coordinates).Add(session.Targets);
        Fill(batch.Ask(Mark, Wake), session, coordinates, traces).Add(session.Targets);
        Fill(batch.Ask(Make, Wake), session, coordinates, traces).Add(session.Targets);
    }

    /// <summary>Marks one version at one target.</summary>
    public static Task MarkAsync(PostgresSession session, long coordinate, long targetKey, string targetName, string? traceParent) =>
        MarkAsync(session, [coordinate], targetKey, targetName, traceParent);

    /// <summary>Marks versions at one target.</summary>
    public static async Task MarkAsync(PostgresSession session, long[] coordinates, long targetKey, string targetName, string? traceParent)
    {
        var traces = new string?[coordinates.Length];
        Array.Fill(traces, traceParent);
        await session.Use(LockAt).Add(coordinates).Add(targetKey).AllAsync(static _ => true);
        foreach (var text in (string[])[MarkAt, MakeAt])
        {
            if (await Fill(session.Use(text), session, coordinates, traces).Add(targetKey).NumberAsync() > 0)
                session.Woken.Add(targetName);
        }
    }

    /// <summary>Adds the values $1 to $4; the targets follow.</summary>
    private static T Fill<T>(T command, PostgresSession session, long[] coordinates, string?[] traces)
        where T : PostgresValues<T>
    {
        var now = session.Now;
        return command.Add(coordinates).Add(traces).Add(now).Add(now + LongestRest);
    }
}
