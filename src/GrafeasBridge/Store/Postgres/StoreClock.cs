namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// The clock of leases and due times: that of the database, so that bridges whose clocks differ do not claim each other's versions too
/// early. It is the bridge's own clock plus the measured offset of the database's.
/// </summary>
/// <param name="follows">False to count by the bridge's own clock.</param>
internal sealed class StoreClock(TimeProvider clock, bool follows)
{
    /// <summary>How often the two clocks are compared.</summary>
    public static readonly TimeSpan CompareEvery = TimeSpan.FromSeconds(30);

    private const int Questions = 4;

    private long ahead;
    private long comparedAt;
    private bool isCompared;

    public DateTimeOffset Now => ToDatabase(clock.GetUtcNow());

    /// <summary>How far the database's clock is ahead of the bridge's; negative when it is behind.</summary>
    public TimeSpan Ahead => new(Interlocked.Read(ref ahead));

    public bool NeedsComparing => follows && (!isCompared || clock.GetElapsedTime(comparedAt) >= CompareEvery);

    /// <summary>A time that somebody here gave, as the database counts it.</summary>
    public DateTimeOffset ToDatabase(DateTimeOffset here) => here + Ahead;

    public DateTimeOffset? ToDatabase(DateTimeOffset? here) => here + Ahead;

    /// <summary>A time of the database, as it is counted here.</summary>
    public DateTimeOffset FromDatabase(DateTimeOffset there) => there - Ahead;

    /// <summary>Measures the offset by a few queries; the one that was answered fastest is the most exact.</summary>
    public async Task CompareAsync(PostgresSession session)
    {
        var (best, fastest) = await AskAsync(session);
        for (var question = 1; question < Questions; question++)
        {
            var (found, took) = await AskAsync(session);
            if (took < fastest)
                (best, fastest) = (found, took);
        }

        // An offset below the round-trip time cannot be distinguished from none.
        Interlocked.Exchange(ref ahead, best.Duration() <= fastest ? 0 : best.Ticks);
        comparedAt = clock.GetTimestamp();
        isCompared = true;
    }

    private async Task<(TimeSpan Ahead, TimeSpan Took)> AskAsync(PostgresSession session)
    {
        var started = clock.GetTimestamp();
        var there = await session.Use("select (extract(epoch from clock_timestamp()) * 1000000)::bigint").NumberAsync();
        var took = clock.GetElapsedTime(started);
        // The database read its clock somewhere between question and answer.
        var at = DateTimeOffset.UnixEpoch.AddMicroseconds(there!.Value) + (took / 2);
        return (at - clock.GetUtcNow(), took);
    }
}
