namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Rows of (version, target): how their revision grows. A row that was settled becomes ready, at the end of its rest; one that waits
/// or is in hand keeps its time; a parked one stays parked, since a person must act. A version is marked at every target that is active in
/// the database, and at those of this bridge's configuration. Rows are locked in order of sequence, so that nobody waits in a circle.
/// </summary>
internal static class Versions
{
    /// <summary>
    /// Held shared by who makes rows of versions, and alone by who makes a target active: no version is made behind
    /// the back of a target that is being filled.
    /// </summary>
    internal const string HoldTargets =
        "select pg_advisory_xact_lock_shared(hashtextextended('grafeasbridge targets ' || current_schema(), 0))";

    internal const string Mark =
        $"""
        with marked as (
            select v.seq, v.state, t.name, m.trace
            from unnest($1, $2) m (coordinate, trace) join versions v on v.coordinate = m.coordinate join targets t on t.key = v.target
            where {AtAll} order by v.seq for no key update of v),
        changed as (
            update versions v set {Change}, trace_parent = m.trace from marked m where v.seq = m.seq returning m.name, m.state)
        select distinct name from changed where state in (3, 4)
        """;

    internal const string Make =
        $"""
        with made as (
            {Insert} where {AtAll} {Missing}
            returning target)
        select t.name from targets t where t.key in (select target from made)
        """;

    internal const string MarkAt =
        $"""
        with marked as (
            select v.seq, v.state, m.trace from unnest($1, $2) m (coordinate, trace) join versions v on v.coordinate = m.coordinate
            where v.target = $5 order by v.seq for no key update of v),
        changed as (
            update versions v set {Change}, trace_parent = m.trace from marked m where v.seq = m.seq returning m.state)
        select count(*) from changed where state in (3, 4)
        """;

    internal const string MakeAt =
        $"""
        with made as (
            {Insert} where t.key = $5 {Missing}
            returning target)
        select count(*) from made
        """;

    private const string AtAll = "(t.active <> 0 or t.name = any($5))";

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
        from unnest($1, $2) m (coordinate, trace) join coordinates c on c.key = m.coordinate cross join targets t
        """;

    // Another bridge may have made the row since this command began to look.
    private const string Missing =
        $"""
        and not exists (select 1 from versions known where known.coordinate = c.key and known.target = t.key)
        order by c.key, t.key
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
        await session.Use(HoldTargets).RunAsync();
        foreach (var text in (string[])[Mark, Make])
            session.Woken.UnionWith(await Fill(session.Use(text), session, coordinates, traces).Add(session.Targets).AllAsync(static row => row.Text(0)));
    }

    /// <summary>Marks one version at one target.</summary>
    public static Task MarkAsync(PostgresSession session, long coordinate, long targetKey, string targetName, string? traceParent) =>
        MarkAsync(session, [coordinate], targetKey, targetName, traceParent);

    /// <summary>Marks versions at one target.</summary>
    public static async Task MarkAsync(PostgresSession session, long[] coordinates, long targetKey, string targetName, string? traceParent)
    {
        var traces = new string?[coordinates.Length];
        Array.Fill(traces, traceParent);
        foreach (var text in (string[])[MarkAt, MakeAt])
        {
            if (await Fill(session.Use(text), session, coordinates, traces).Add(targetKey).NumberAsync() > 0)
                session.Woken.Add(targetName);
        }
    }

    /// <summary>Adds the values $1 to $4 of every command here; the targets follow.</summary>
    internal static T Fill<T>(T command, PostgresSession session, long[] coordinates, string?[] traces)
        where T : PostgresValues<T>
    {
        var now = session.Now;
        return command.Add(coordinates).Add(traces).Add(now).Add(now + LongestRest);
    }
}
