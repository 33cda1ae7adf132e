namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Targets that the database has heard of. One that leaves the configuration keeps its rows but is no longer marked; when it
/// comes back all its rows are marked, since what it missed is not known.
/// </summary>
internal static class TargetRows
{
    /// <summary>Versions that one transaction marks.</summary>
    public const int Chunk = 1000;

    private static readonly Sql Find = new("select key from targets where name = ?");
    private static readonly Sql Insert = new("insert into targets (name, active) values (?, 0)");
    private static readonly Sql IsActive = new("select active from targets where key = ?");
    private static readonly Sql Activate = new("update targets set active = 1 where key = ?");

    private static readonly Sql DeactivateOthers = new(
        "update targets set active = 0 where active = 1 and name not in (select value from json_each(?))");

    private static readonly Sql LearnedOf = new("select learned from targets where name = ?");
    private static readonly Sql SetLearned = new("update targets set learned = ? where name = ?");

    internal static readonly Sql KnownVersions = new(
        """
        select c.key from coordinates c where c.key > ?
        and (exists (select 1 from links l where l.coordinate = c.key) or exists (select 1 from versions v where v.coordinate = c.key))
        order by c.key limit ?
        """);

    public static IReadOnlyList<TargetKey> Keys(SqliteDatabase database, IReadOnlyList<string> names) =>
        [.. names.Select(name => new TargetKey(Key(database, name) ?? Add(database, name), name))];

    public static long? Key(SqliteDatabase database, string name) => database.Use(Find).Add(name).RunForNumber();

    public static bool NeedsVersions(SqliteDatabase database, TargetKey target) =>
        database.Use(IsActive).Add(target.Key).RunForNumber() == 0;

    /// <summary>Marks the next versions at a target.</summary>
    /// <returns>The last of them; null when there is none left, and then the target is active.</returns>
    public static long? MarkNext(WriteSession session, TargetKey target, long after)
    {
        var keys = new List<long>(Chunk);
        using (var rows = session.Use(KnownVersions).Add(after).Add(Chunk))
        {
            while (rows.Step())
                keys.Add(rows.Number(0));
        }

        foreach (var coordinate in keys)
            VersionTable.Mark(session, coordinate, target, traceParent: null);
        if (keys.Count == Chunk)
            return keys[^1];
        session.Use(Activate).Add(target.Key).Run();
        return null;
    }

    public static bool Retire(WriteSession session, string remainingJson)
    {
        session.Use(DeactivateOthers).Add(remainingJson).Run();
        return true;
    }

    public static string? Learned(SqliteDatabase database, string target)
    {
        using var row = database.Use(LearnedOf).Add(target);
        return row.Step() ? row.TextOrNull(0) : null;
    }

    public static bool Learn(WriteSession session, string target, string learned) =>
        session.Use(SetLearned).Add(learned).Add(target).Run() > 0;

    private static long Add(SqliteDatabase database, string name)
    {
        database.Use(Insert).Add(name).Run();
        return database.LastInsertId;
    }
}
