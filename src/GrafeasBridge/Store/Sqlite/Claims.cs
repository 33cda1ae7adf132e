using System.Text.Json;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Which versions are taken next. What may be taken now is <c>ready</c> (since when it is dirty: newest first is the end of that
/// index); what may be taken later waits for <c>due_at</c> (next attempt, end of a rest, end of a lease), and becomes ready then.
/// </summary>
internal static class Claims
{
    /// <summary>Rows that one claim makes ready; the next claims go on.</summary>
    private const int RipeAtOnce = 256;

    /// <summary>Nothing waits longer by itself. What is due later than this was written while the clock was wrong.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(8);

    private const string Columns =
        """
        v.seq, v.revision, v.attempts, v.failing_since, v.owned, v.trace_parent, v.stops, v.settled, v.recreate,
        p.subject, p.repo, p.package, c.version, v.dirty_since
        """;

    internal static readonly Sql Ripe = new(
        "select seq, state from versions indexed by version_due where target = ? and ready is null and due_at <= ? order by due_at limit ?");

    internal static readonly Sql Absurd = new(
        "select seq, state from versions indexed by version_due where target = ? and ready is null and due_at > ? order by due_at limit ?");

    internal static readonly Sql Newest = new(
        $"""
        select {Columns} from versions v indexed by version_ready join coordinates c on c.key = v.coordinate
        join packages p on p.key = c.package where v.target = ? and v.ready is not null order by v.ready desc, v.seq desc limit ?
        """);

    internal static readonly Sql Oldest = new(
        $"""
        select {Columns} from versions v indexed by version_ready join coordinates c on c.key = v.coordinate
        join packages p on p.key = c.package where v.target = ? and v.ready is not null order by v.ready, v.seq limit ?
        """);

    internal static readonly Sql PoisonCandidate = new(
        $"""
        select {Columns} from versions v indexed by version_suspects join coordinates c on c.key = v.coordinate
        join packages p on p.key = c.package where v.target = ? and v.stops > 0 and v.state = 1 order by v.seq limit 1
        """);

    internal static readonly Sql HasPoisonCandidates = new(
        "select 1 from versions indexed by version_suspects where target = ? and stops > 0 and state = 1 limit 1");

    private static readonly Sql MakeReady = new("update versions set ready = coalesce(dirty_since, due_at) where seq = ?");

    private static readonly Sql MakeSuspect = new(
        """
        update versions set state = 1, lease = null, due_at = null, stops = stops + case intended when 1 then 1 else 2 end,
        failing_since = coalesce(failing_since, ?2) where seq = ?1
        """);

    private static readonly Sql TakeInHand = new(
        """
        update versions set state = 2, lease = ?, due_at = ?, ready = null, check_at = null, intended = 0, attempts = ?, failing_since = ? where seq = ?
        """);

    private static readonly Sql Orphans = new("update versions set due_at = min(due_at, ?) where target = ? and state = 2");

    internal static readonly Sql HasReady = new(
        "select 1 from versions indexed by version_ready where target = ? and ready is not null limit 1");

    internal static readonly Sql NextDue = new(
        "select min(due_at) from versions indexed by version_due where target = ? and due_at is not null and ready is null");

    internal static readonly Sql CountReady = new(
        "select count(*), min(ready) from versions indexed by version_ready where target = ? and ready is not null");

    internal static readonly Sql CountDue = new(
        "select count(*), min(dirty_since) from versions indexed by version_due where target = ? and due_at is not null and ready is null");

    internal static readonly Sql CountSuspects = new(
        "select count(*), min(dirty_since) from versions indexed by version_suspects where target = ? and stops > 0 and state = 1");

    internal static readonly Sql CountInState = new("select count(*) from versions where target = ? and state = ?");

    public static Claim Take(WriteSession session, string target, ClaimTerms terms)
    {
        if (TargetRows.Key(session.Database, target) is not { } key)
            return new Claim([], false);
        Ripen(session, key);
        var claimed = new List<ClaimedVersion>();
        // One name for the whole claim is enough: a row is told from the others by its id.
        var lease = Guid.NewGuid().ToString("N");
        Take(session, session.Use(Newest).Add(key).Add(terms.Newest), target, lease, terms.Lease, claimed);
        if (terms.Oldest > 0)
            Take(session, session.Use(Oldest).Add(key).Add(terms.Oldest), target, lease, terms.Lease, claimed);
        return new Claim(claimed, session.Use(HasPoisonCandidates).Add(key).RunForNumber() is not null);
    }

    public static ClaimedVersion? TakeSuspect(WriteSession session, string target, TimeSpan lease)
    {
        if (TargetRows.Key(session.Database, target) is not { } key)
            return null;
        var claimed = new List<ClaimedVersion>();
        Take(session, session.Use(PoisonCandidate).Add(key), target, Guid.NewGuid().ToString("N"), lease, claimed);
        return claimed.Count > 0 ? claimed[0] : null;
    }

    /// <summary>Ends the leases of a process that is gone for certain: this file has one process at a time.</summary>
    public static void EndLeases(SqliteDatabase database, IReadOnlyList<TargetKey> targets, DateTimeOffset now)
    {
        foreach (var target in targets)
            database.Use(Orphans).Add(now).Add(target.Key).Run();
    }

    public static Backlog BacklogOf(SqliteDatabase database, string target)
    {
        if (TargetRows.Key(database, target) is not { } key)
            return new Backlog(0, 0, null);
        long count = 0;
        long suspects = 0;
        DateTimeOffset? oldest = null;
        foreach (var part in new[] { CountReady, CountDue, CountSuspects })
        {
            using var row = database.Use(part).Add(key);
            if (!row.Step())
                continue;
            count += row.Number(0);
            if (part == CountSuspects)
                suspects = row.Number(0);
            if (row.TimeOrNull(1) is { } since && !(since >= oldest))
                oldest = since;
        }

        return new Backlog(
            count, InState(database, key, DeliveryState.Parked), oldest, InState(database, key, DeliveryState.Drifted), suspects);
    }

    public static DateTimeOffset? NextDueOf(SqliteDatabase database, string target)
    {
        if (TargetRows.Key(database, target) is not { } key)
            return null;
        if (database.Use(HasReady).Add(key).RunForNumber() is not null || database.Use(HasPoisonCandidates).Add(key).RunForNumber() is not null)
            return DateTimeOffset.MinValue;
        return database.Use(NextDue).Add(key).RunForNumber() is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    private static long InState(SqliteDatabase database, long target, DeliveryState state) =>
        database.Use(CountInState).Add(target).Add((long)state).RunForNumber() ?? 0;

    private static void Ripen(WriteSession session, long target)
    {
        var now = session.Now;
        var ripe = new List<(long Row, DeliveryState State)>();
        Read(session.Use(Ripe).Add(target).Add(now).Add(RipeAtOnce), ripe);
        Read(session.Use(Absurd).Add(target).Add(now + LongestWait).Add(RipeAtOnce), ripe);
        foreach (var (row, state) in ripe)
        {
            if (state == DeliveryState.Delivering)
                session.Use(MakeSuspect).Add(row).Add(now).Run();
            else
                session.Use(MakeReady).Add(row).Run();
        }
    }

    private static void Read(SqliteStatement rows, List<(long Row, DeliveryState State)> into)
    {
        using (rows)
        {
            while (rows.Step())
                into.Add((rows.Number(0), (DeliveryState)rows.Number(1)));
        }
    }

    private static void Take(
        WriteSession session, SqliteStatement rows, string target, string lease, TimeSpan length, List<ClaimedVersion> claimed)
    {
        var first = claimed.Count;
        using (rows)
        {
            while (rows.Step())
                claimed.Add(Read(rows, target, lease));
        }

        var end = session.Now + length;
        foreach (var version in claimed.Skip(first))
            session.Use(TakeInHand).Add(lease).Add(end).Add(version.Attempts).Add(version.FailingSince).Add(version.Id).Run();
    }

    private static ClaimedVersion Read(SqliteStatement row, string target, string lease) => new(
        Id: row.Number(0),
        Target: target,
        Coordinates: VersionRows.Coordinates(row, 9),
        Lease: lease,
        Revision: row.Number(1),
        Attempts: (int)row.Number(2) + 1,
        FailingSince: row.TimeOrNull(3),
        Owned: JsonSerializer.Deserialize<string[]>(row.Text(4))!,
        TraceParent: row.TextOrNull(5),
        CrashCount: row.Number(6) / 2.0,
        WasDelivered: row.Number(7) > 0,
        MayRecreate: row.Number(8) != 0,
        DirtySince: row.TimeOrNull(13));
}
