using GrafeasBridge.Mapping;

namespace GrafeasBridge.Store.Postgres;

/// <summary>What is left of occurrences that are past retention: for each version its saved state, and their names.</summary>
internal static class FoldedVersions
{
    internal static readonly string OfVersion =
        $"select f.state, f.occurrences, f.newest, f.state_sum from folded f where f.coordinate = {KnownKeys.Coordinate(1)}";

    internal static readonly string CountOf = $"select f.occurrences from folded f where f.coordinate = {KnownKeys.Coordinate(1)}";

    internal const string OfCoordinates =
        "select f.state, f.occurrences, f.newest, f.state_sum, f.coordinate from folded f where f.coordinate = any($1)";

    // What another bridge is forgetting at this moment is left to it.
    internal const string Forget =
        """
        delete from retired r where r.seq = any(array(
            select o.seq from retired o where o.retire_time < $1 order by o.retire_time limit $2 for update skip locked))
        """;

    public static Task<FoldedHistory?> FindAsync(PostgresSession session, VersionCoordinates version) =>
        session.Use(OfVersion).Add(version).FirstAsync(Read);

    public static async Task<long> CountAsync(PostgresSession session, VersionCoordinates version) =>
        await session.Use(CountOf).Add(version).NumberAsync() ?? 0;

    public static async Task<Dictionary<long, FoldedHistory>> FindAsync(PostgresSession session, long[] coordinates) =>
        (await session.Use(OfCoordinates).Add(coordinates).AllAsync(static row => (Coordinate: row.Number(4), History: Read(row))))
        .ToDictionary(found => found.Coordinate, found => found.History);

    private static FoldedHistory Read(PostgresRow row)
    {
        var history = new FoldedHistory(row.Bytes(0), row.Number(1), row.Time(2));
        if (row.Number(3) != ContentSum.Of(history.State, []))
            throw StoreRefusals.FoldedDamaged();

        return history;
    }
}
