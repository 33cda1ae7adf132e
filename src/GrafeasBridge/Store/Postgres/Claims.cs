using System.Text.Json;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Which versions are taken next. What may be taken now is <c>ready</c> (since when it is dirty: newest first is the end of that
/// index); what may be taken later waits for <c>due_at</c> (next attempt, end of a rest, end of a lease), and becomes ready then. A row that
/// somebody else has in hand at this moment is passed over: nobody waits for anybody, and no row is taken twice.
/// </summary>
internal static class Claims
{
    /// <summary>Rows that one claim makes ready; the next claims go on.</summary>
    private const int RipeAtOnce = 256;

    private const string PoisonCandidates = "v.stops > 0 and v.state = 1";

    private const string Columns =
        """
        t.seq, t.revision, t.attempts, t.failing_since, t.owned, t.trace_parent, t.stops, t.settled, t.recreate,
        t.dirty_since, n.subject, n.repo, n.package, n.version
        """;

    // The keys come as an array: whatever the planner thinks of their number, rows are found by the index.
    private const string Taken =
        """
        taken as (
            update versions v set state = 2, lease = $2, due_at = $3, ready = null, check_at = null, intended = 0, attempts = v.attempts + 1
            where v.seq = any(array(select seq from picked))
            returning v.seq, v.coordinate, v.revision, v.attempts, v.failing_since, v.owned, v.trace_parent, v.stops, v.settled, v.recreate,
                v.dirty_since)
        """;

    /// <summary>Nothing waits longer by itself. What is due later than this was written while the clock was wrong.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(8);

    // Ordered, so that it is asked of the index: where many rows were of the kind lately, the planner would rather walk the table to the first.
    private static readonly string HasPoisonCandidates =
        $"(select v.seq from versions v where v.target = {KnownKeys.Target(1)} and {PoisonCandidates} order by v.seq limit 1) is not null";

    /// <summary>Makes ready what has come due, and suspects of what was in hand; tells whether there are suspects.</summary>
    internal static readonly string Ripen =
        $"""
        with due as (
            select v.seq from versions v where v.target = {KnownKeys.Target(1)} and v.due_at <= $2 and v.due_at is not null and v.ready is null
            order by v.due_at limit $4 for no key update skip locked),
        absurd as (
            select v.seq from versions v where v.target = {KnownKeys.Target(1)} and v.due_at > $3 and v.due_at is not null and v.ready is null
            order by v.due_at limit $4 for no key update skip locked),
        ripe as (
            update versions v set
            state = case v.state when 2 then 1 else v.state end,
            lease = case v.state when 2 then null else v.lease end,
            due_at = case v.state when 2 then null else v.due_at end,
            ready = case v.state when 2 then null else coalesce(v.dirty_since, v.due_at) end,
            stops = case v.state when 2 then v.stops + case v.intended when 1 then 1 else 2 end else v.stops end,
            failing_since = case v.state when 2 then coalesce(v.failing_since, $2) else v.failing_since end
            where v.seq = any(array(select seq from due union all select seq from absurd)) returning v.stops, v.state)
        select case when exists (select 1 from ripe v where {PoisonCandidates}) or {HasPoisonCandidates} then 1 else 0 end
        """;

    /// <summary>Takes the newest and some of the oldest. Where there are fewer than asked for, the two meet.</summary>
    internal static readonly string Take =
        $"""
        with newest as (
            select v.seq, v.ready from versions v where v.target = {KnownKeys.Target(1)} and v.ready is not null
            order by v.ready desc, v.seq desc limit $4 for no key update skip locked),
        oldest as (
            select v.seq, v.ready from versions v where v.target = {KnownKeys.Target(1)} and v.ready is not null
            order by v.ready, v.seq limit $5 for no key update skip locked),
        picked as (
            select seq, ready, 0 as part from newest
            union all
            select seq, ready, 1 from oldest where seq not in (select seq from newest)),
        {Taken}
        select {Columns} from taken t join picked k on k.seq = t.seq {NamesOf("t.coordinate")}
        order by k.part, case k.part when 0 then -k.ready else k.ready end, case k.part when 0 then -k.seq else k.seq end
        """;

    internal static readonly string PoisonCandidate =
        $"""
        with picked as (
            select v.seq from versions v where v.target = {KnownKeys.Target(1)} and {PoisonCandidates} order by v.seq limit 1 for no key update skip locked),
        {Taken}
        select {Columns} from taken t {NamesOf("t.coordinate")}
        """;

    internal static readonly string NextDue =
        $"""
        select case
            when (select v.ready from versions v where v.target = {KnownKeys.Target(1)} and v.ready is not null order by v.ready limit 1) is not null
                or {HasPoisonCandidates} then 0
            else (select v.due_at from versions v where v.target = {KnownKeys.Target(1)} and v.due_at is not null and v.ready is null
                order by v.due_at limit 1)
            end
        """;

    internal static readonly string Count =
        $"""
        select sum(part.many)::bigint, min(part.since), {InState(DeliveryState.Parked)}, {InState(DeliveryState.Drifted)}, sum(part.suspects)::bigint from (
            select count(*) as many, min(v.ready) as since, 0 as suspects from versions v where v.target = {KnownKeys.Target(1)} and v.ready is not null
            union all
            select count(*), min(v.dirty_since), 0 from versions v
            where v.target = {KnownKeys.Target(1)} and v.due_at is not null and v.ready is null
            union all
            select count(*), min(v.dirty_since), count(*) from versions v where v.target = {KnownKeys.Target(1)} and {PoisonCandidates}) part
        """;

    public static async Task<Claim> TakeAsync(PostgresSession session, string target, ClaimTerms terms)
    {
        var now = session.Now;
        var suspects = await session.Use(Ripen).Add(target).Add(now).Add(now + LongestWait).Add(RipeAtOnce).NumberAsync();
        // One name for the whole claim is enough: a row is told from the others by its id.
        var lease = NewLease();
        var claimed = await session.Use(Take).Add(target).Add(lease).Add(now + terms.Lease).Add(terms.Newest).Add(terms.Oldest)
            .AllAsync(row => Read(row, target, lease, session.Clock));
        return new Claim(claimed, suspects == 1);
    }

    public static Task<ClaimedVersion?> TakeSuspectAsync(PostgresSession session, string target, TimeSpan length)
    {
        var lease = NewLease();
        return session.Use(PoisonCandidate).Add(target).Add(lease).Add(session.Now + length).FirstAsync(row => Read(row, target, lease, session.Clock));
    }

    public static async Task<Backlog> BacklogAsync(PostgresSession session, string target)
    {
        var found = await session.Use(Count).Add(target).FirstAsync(row => new Backlog(
            Count: row.Number(0),
            Parked: row.Number(2),
            OldestDirty: row.TimeOrNull(1) is { } since ? session.Clock.FromDatabase(since) : null,
            Drifted: row.Number(3),
            PoisonCandidates: row.Number(4)));
        return found!;
    }

    public static async Task<DateTimeOffset?> NextDueAsync(PostgresSession session, string target) =>
        await session.Use(NextDue).Add(target).NumberAsync() switch
        {
            null => null,
            0 => DateTimeOffset.MinValue,
            { } ticks => session.Clock.FromDatabase(new DateTimeOffset(ticks, TimeSpan.Zero)),
        };

    /// <summary>The names of a version, found by its key whatever the planner thinks of the number of versions.</summary>
    public static string NamesOf(string coordinate) =>
        $"""
        cross join lateral (
            select p.subject, p.repo, p.package, c.version from coordinates c join packages p on p.key = c.package
            where c.key = {coordinate} limit 1) n
        """;

    private static string NewLease() => Guid.NewGuid().ToString("N");

    private static string InState(DeliveryState state) =>
        FormattableString.Invariant($"(select count(*) from versions v where v.target = {KnownKeys.Target(1)} and v.state = {(int)state})");

    private static ClaimedVersion Read(PostgresRow row, string target, string lease, StoreClock clock) => new(
        Id: row.Number(0),
        Target: target,
        Coordinates: VersionRows.Coordinates(row, 10),
        Lease: lease,
        Revision: row.Number(1),
        Attempts: (int)row.Number(2),
        FailingSince: row.TimeOrNull(3) is { } since ? clock.FromDatabase(since) : null,
        Owned: JsonSerializer.Deserialize<string[]>(row.Text(4))!,
        TraceParent: row.TextOrNull(5),
        CrashCount: row.Number(6) / 2.0,
        WasDelivered: row.Number(7) > 0,
        MayRecreate: row.Number(8) != 0,
        DirtySince: row.TimeOrNull(9) is { } dirty ? clock.FromDatabase(dirty) : null);
}
