using System.Text.Json;

namespace GrafeasBridge.Store.Postgres;

/// <summary>
/// Drift checks of settled versions. A check holds no lease, so its finding is written only while the row is as it was when it was listed:
/// of two bridges that check the same version only one writes.
/// </summary>
internal static class Checks
{
    private const string Columns =
        """
        v.seq, v.state, v.revision, v.verified_time, v.check_at, v.managed_names, v.read_back, v.read_back_names,
        n.subject, n.repo, n.package, n.version
        """;

    internal static readonly string Due = List("v.check_at <= $2");
    internal static readonly string ClockSkewed = List("v.check_at > $2");

    internal const string Write =
        """
        update versions v set state = $6, check_at = $7,
        outcome = case $8 when '' then v.outcome else $8 end, reason = case $8 when '' then v.reason else $9 end,
        managed_names = coalesce($10, v.managed_names), ready = coalesce($11, v.ready), due_at = coalesce($11, v.due_at), dirty_since = coalesce($11, v.dirty_since)
        where v.seq = $1 and v.state = $2 and v.revision = $3 and v.verified_time is not distinct from $4 and v.check_at is not distinct from $5
        """;

    public static async Task<IReadOnlyList<SettledVersion>> ListAsync(PostgresSession session, string target, TimeSpan longest, int limit)
    {
        var now = session.Now;
        var found = await session.Use(Due).Add(target).Add(now).Add(limit).AllAsync(row => StoredRow.Settled(row, target));
        if (found.Count < limit)
            found.AddRange(await session.Use(ClockSkewed).Add(target).Add(now + longest).Add(limit - found.Count).AllAsync(row => StoredRow.Settled(row, target)));
        return found;
    }

    public static async Task<bool> RecordAsync(PostgresSession session, SettledVersion version, CheckResult result)
    {
        var changed = await session.Use(Write)
            .Add(version.Id).Add((int)version.State).Add(version.Revision).Add(version.VerifiedTime).Add(version.CheckAt)
            .Add((int)result.State).Add(session.Clock.ToDatabase(result.NextCheck)).Add(result.Outcome).Add(result.Reason)
            .Add(result.ManagedNames is { } managedNames ? JsonSerializer.Serialize(managedNames.Order(StringComparer.Ordinal)) : null)
            .Add(result.Repair ? session.Now : (DateTimeOffset?)null)
            .RunAsync();
        if (changed > 0 && result.Repair)
            session.Woken.Add(version.Target);
        return changed > 0;
    }

    private static string List(string due) =>
        $"""
        select {Columns} from versions v {DueVersions.NamesOf("v.coordinate")}
        where v.target = {KnownKeys.Target(1)} and {due} and v.check_at is not null order by v.check_at limit $3
        """;
}
