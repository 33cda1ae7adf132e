using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>What is left of occurrences that are past retention: for each version its saved state, and their names.</summary>
internal static class CompactedVersions
{
    internal static readonly string OfVersion =
        $"select f.state, f.occurrences, f.newest, f.state_sum from compacted_versions f where f.coordinate = {KnownKeys.Coordinate(1)}";

    internal static readonly string CountOf = $"select f.occurrences from compacted_versions f where f.coordinate = {KnownKeys.Coordinate(1)}";

    internal const string OfCoordinates =
        "select f.state, f.occurrences, f.newest, f.state_sum, f.coordinate from compacted_versions f where f.coordinate = any($1)";

    // What another bridge is forgetting at this moment is left to it.
    internal const string Forget =
        """
        delete from compacted_occurrences r where r.seq = any(array(
            select o.seq from compacted_occurrences o where o.compact_time < $1 order by o.compact_time limit $2 for update skip locked))
        """;

    public static Task<CompactedHistory?> FindAsync(PostgresSession session, VersionCoordinates version) =>
        session.Use(OfVersion).Add(version).FirstAsync(Read);

    public static async Task<long> CountAsync(PostgresSession session, VersionCoordinates version) =>
        await session.Use(CountOf).Add(version).NumberAsync() ?? 0;

    public static async Task<Dictionary<long, CompactedHistory>> FindAsync(PostgresSession session, long[] coordinates) =>
        (await session.Use(OfCoordinates).Add(coordinates).AllAsync(static row => (Coordinate: row.Number(4), History: Read(row))))
        .ToDictionary(found => found.Coordinate, found => found.History);

    private static CompactedHistory Read(PostgresRow row)
    {
        var history = new CompactedHistory(row.Bytes(0), row.Number(1), row.Time(2));
        if (row.Number(3) != ContentSum.Of(history.State, []))
            throw StoreRefusals.CompactedDamaged();

        return history;
    }
}
