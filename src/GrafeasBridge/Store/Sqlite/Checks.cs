using System.Text.Json;

namespace GrafeasBridge.Store.Sqlite;

/// <summary>
/// Drift checks of settled versions. A check holds no lease, so its finding is written only while the row is as it was when it was listed.
/// </summary>
internal static class Checks
{
    internal static readonly Sql Due = new(
        $"""
        select {Columns} from versions v indexed by version_checks join coordinates c on c.key = v.coordinate
        join packages p on p.key = c.package where v.target = ? and v.check_at <= ? order by v.check_at limit ?
        """);

    internal static readonly Sql ClockSkewed = new(
        $"""
        select {Columns} from versions v indexed by version_checks join coordinates c on c.key = v.coordinate
        join packages p on p.key = c.package where v.target = ? and v.check_at > ? order by v.check_at limit ?
        """);

    private const string Columns =
        """
        v.seq, v.state, v.revision, v.verified_time, v.check_at, v.managed_names, v.read_back, v.read_back_names,
        p.subject, p.repo, p.package, c.version
        """;

    private static readonly Sql IsUnchanged = new(
        "select 1 from versions where seq = ? and state = ? and revision = ? and verified_time is ? and check_at is ?");

    private static readonly Sql Write = new("update versions set state = ?2, check_at = ?3 where seq = ?1");
    private static readonly Sql SetOutcome = new("update versions set outcome = ?2, reason = ?3 where seq = ?1");
    private static readonly Sql SetManagedNames = new("update versions set managed_names = ?2 where seq = ?1");
    private static readonly Sql MakeReady = new("update versions set ready = ?2, due_at = ?2, dirty_since = ?2 where seq = ?1");

    public static List<SettledVersion> List(SqliteDatabase database, string target, DateTimeOffset now, TimeSpan longest, int limit)
    {
        if (TargetRows.Key(database, target) is not { } key)
            return [];
        var found = database.Use(Due).Add(key).Add(now).Add(limit).All(row => StoredRow.Settled(row, target));
        if (found.Count < limit)
            found.AddRange(database.Use(ClockSkewed).Add(key).Add(now + longest).Add(limit - found.Count).All(row => StoredRow.Settled(row, target)));
        return found;
    }

    public static bool Record(WriteSession session, SettledVersion version, CheckResult result)
    {
        var unchanged = session.Use(IsUnchanged)
            .Add(version.Id).Add((long)version.State).Add(version.Revision).Add(version.VerifiedTime).Add(version.CheckAt);
        if (unchanged.RunForNumber() is null)
            return false;
        session.Use(Write).Add(version.Id).Add((long)result.State).Add(result.NextCheck).Run();
        if (result.Outcome.Length > 0)
            session.Use(SetOutcome).Add(version.Id).Add(result.Outcome).Add(result.Reason).Run();
        if (result.ManagedNames is { } managedNames)
            session.Use(SetManagedNames).Add(version.Id).Add(JsonSerializer.Serialize(managedNames.Order(StringComparer.Ordinal))).Run();
        if (result.Repair)
        {
            session.Use(MakeReady).Add(version.Id).Add(session.Now).Run();
            session.Woken.Add(version.Target);
        }

        return true;
    }
}
