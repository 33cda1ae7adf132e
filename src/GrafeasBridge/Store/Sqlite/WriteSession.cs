namespace GrafeasBridge.Store.Sqlite;

/// <summary>A configured target and the number that stands for it.</summary>
internal sealed record TargetKey(long Key, string Name);

/// <summary>
/// What the writer's thread knows while it writes: its connection, and keys that it has looked up. The keys may be kept
/// because nobody else writes; they are forgotten whenever a transaction is rolled back.
/// </summary>
internal sealed class WriteSession(SqliteDatabase database, TimeProvider clock, IReadOnlyList<TargetKey> targets) : IDisposable
{
    public SqliteDatabase Database => database;

    public IReadOnlyList<TargetKey> Targets => targets;

    public DateTimeOffset Now => clock.GetUtcNow();

    public KeyCache<string, long> ProjectKeys { get; } = new();

    public KeyCache<(string Project, string Id), NoteKey> Notes { get; } = new();

    public KeyCache<(string Subject, string Repo, string Package), long> PackageKeys { get; } = new();

    public KeyCache<(long Package, string Version), long> CoordinateKeys { get; } = new();

    public KeyCache<string, long> DigestKeys { get; } = new();

    public OccurrenceBlocks Blocks { get; } = new();

    /// <summary>Targets at which something has become due; their workers are woken after the commit.</summary>
    public HashSet<string> Woken { get; } = [];

    /// <summary>Versions that the present occurrence names; kept here only to be reused.</summary>
    public HashSet<long> NamedByOccurrence { get; } = [];

    public SqliteStatement Use(Sql sql) => database.Use(sql);

    /// <summary>Forgets the keys, which a transaction that was rolled back may have added.</summary>
    public void Forget()
    {
        ProjectKeys.Clear();
        Notes.Clear();
        PackageKeys.Clear();
        CoordinateKeys.Clear();
        DigestKeys.Clear();
        Blocks.Forget();
    }

    public void Dispose() => database.Dispose();
}
