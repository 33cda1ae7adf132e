using GrafeasBridge.Store.Sqlite.Lists;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Between which times the occurrences of each block of sequences were created. Time runs with the sequence, nearly, so a
/// few numbers for a thousand rows find what an index on time would, and a create pays for it once in a while only.
/// </summary>
internal sealed class OccurrenceBlocks
{
    /// <summary>Written wider than needed, so that the next occurrences fit too.</summary>
    private const long Margin = TimeSpan.TicksPerMinute;

    private static readonly Sql Widen = new(
        """
        insert into occurrence_blocks (block, first, last) values (?, ?, ?)
        on conflict do update set first = min(first, excluded.first), last = max(last, excluded.last)
        """);

    private long block = -1;
    private long first;
    private long last;

    public void Keep(SqliteDatabase database, long sequence, DateTimeOffset createTime)
    {
        var (mine, time) = (sequence >> BlockSequence.Bits, createTime.UtcTicks);
        if (mine == block && time >= first && time <= last)
            return;
        if (mine != block)
            (block, first, last) = (mine, long.MaxValue, long.MinValue);
        (first, last) = (Math.Min(first, time - Margin), Math.Max(last, time + Margin));
        database.Use(Widen).Add(block).Add(first).Add(last).Run();
    }

    /// <summary>The next occurrence is written down anew.</summary>
    public void Forget() => block = -1;
}
