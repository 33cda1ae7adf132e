using System.Text.Json.Nodes;
using BintrayEmulator.Http;
using Microsoft.Data.Sqlite;

namespace BintrayEmulator.Storage;

/// <summary>Versions of packages.</summary>
internal static class VersionTable
{
    /// <summary>The name that stands for the newest version wherever one is read.</summary>
    public const string Latest = "_latest";

    private const string Select = "select id, name, fields, ordinal, created, updated from versions where package_id = $package ";

    /// <summary>A version by name, or a 404.</summary>
    public static PackageVersion Version(this Session session, Package package, string name)
    {
        var found = session.Query(Select + "and name = $name", r => Map(r, package), ("$package", package.Id), ("$name", name));
        return found.Count == 1 ? found[0] : throw Refusals.VersionMissing(name);
    }

    /// <summary>A version by name, where <c>_latest</c> is the one created last. The service took the last with a published file.</summary>
    public static PackageVersion VersionOrLatest(this Session session, Package package, string name)
    {
        if (name != Latest)
            return session.Version(package, name);

        var found = session.Query(Select + "order by ordinal desc limit 1", r => Map(r, package), ("$package", package.Id));
        return found.Count == 1 ? found[0] : throw Refusals.VersionMissing(name);
    }

    /// <summary>All versions, newest first.</summary>
    public static List<PackageVersion> Versions(this Session session, Package package) =>
        session.Query(Select + "order by ordinal desc", r => Map(r, package), ("$package", package.Id));

    /// <summary>All names, newest first.</summary>
    public static List<string> VersionNames(this Session session, Package package) => session.Query(
        "select name from versions where package_id = $package order by ordinal desc", r => r.GetString(0), ("$package", package.Id));

    public static void AddVersion(this Session session, Package package, string name, JsonObject fields)
    {
        var added = session.Execute(
            "insert into versions(package_id, name, fields, ordinal, created, updated) " +
            "values($package, $name, $fields, " +
            "1 + (select coalesce(max(ordinal), 0) from versions where package_id = $package), $now, $now) " +
            "on conflict do nothing",
            ("$package", package.Id),
            ("$name", name),
            ("$fields", fields.ToJsonString()),
            ("$now", session.Now));
        if (added == 0)
            throw Refusals.VersionExists(package.Path, name);

        session.RecordChange(session.Version(package, name).Owner, "create");
    }

    public static void UpdateVersion(this Session session, PackageVersion version, JsonObject fields) => session.Execute(
        "update versions set fields = $fields, updated = $now where id = $id",
        ("$fields", fields.ToJsonString()),
        ("$now", session.Now),
        ("$id", version.Id));

    /// <param name="verb">Why, for the history.</param>
    public static void DeleteVersion(this Session session, AttributeOwner version, string verb = "delete")
    {
        session.RecordDeletion("v.id", version.Id, verb);
        session.Execute("delete from versions where id = $id", ("$id", version.Id));
    }

    private static PackageVersion Map(SqliteDataReader row, Package package) => new(
        row.GetInt64(0),
        package,
        row.GetString(1),
        JsonNode.Parse(row.GetString(2))!.AsObject(),
        row.GetInt64(3),
        row.GetInt64(4),
        row.GetInt64(5));
}
