using System.Text.Json.Nodes;
using BintrayEmulator.Http;
using Microsoft.Data.Sqlite;

namespace BintrayEmulator.Storage;

/// <summary>Packages, and the webhooks registered for them.</summary>
internal static class PackageTable
{
    private const string Select = "select id, name, fields, created, updated from packages ";

    /// <summary>A package, or a 404 that names what is missing.</summary>
    public static Package Package(this Session session, Repository repository, string name)
    {
        var found = session.Packages(repository, "and name = $name", ("$name", name));
        return found.Count == 1 ? found[0] : throw Refusals.PackageMissing(name);
    }

    /// <summary>Packages by name, those whose name starts with <paramref name="prefix"/>.</summary>
    public static List<Package> Packages(this Session session, Repository repository, string prefix) =>
        session.Packages(repository, "and substr(name, 1, length($prefix)) = $prefix order by name", ("$prefix", prefix));

    public static List<string> PackageNames(this Session session, Repository repository, string prefix) => session.Query(
        "select name from packages where repository_id = $repository and substr(name, 1, length($prefix)) = $prefix order by name",
        r => r.GetString(0),
        ("$repository", repository.Id),
        ("$prefix", prefix));

    public static void AddPackage(this Session session, Repository repository, string name, JsonObject fields)
    {
        var added = session.Execute(
            "insert into packages(repository_id, name, fields, created, updated) values($repository, $name, $fields, $now, $now) " +
            "on conflict do nothing",
            ("$repository", repository.Id),
            ("$name", name),
            ("$fields", fields.ToJsonString()),
            ("$now", session.Now));
        if (added == 0)
            throw Refusals.PackageExists(repository.Path, name);
    }

    public static void UpdatePackage(this Session session, Package package, JsonObject fields) => session.Execute(
        "update packages set fields = $fields, updated = $now where id = $id",
        ("$fields", fields.ToJsonString()),
        ("$now", session.Now),
        ("$id", package.Id));

    public static void DeletePackage(this Session session, Package package)
    {
        session.RecordDeletion("p.id", package.Id, "delete");
        session.Execute("delete from packages where id = $id", ("$id", package.Id));
    }

    public static List<Webhook> Webhooks(this Session session, Repository repository) => session.Query(
        "select p.name, w.url, w.method from webhooks w join packages p on p.id = w.package_id " +
        "where p.repository_id = $repository order by p.name",
        r => new Webhook(r.GetString(0), r.GetString(1), r.GetString(2)),
        ("$repository", repository.Id));

    public static long WebhookCount(this Session session, string user) =>
        session.Number("select count(*) from webhooks where user = $user", ("$user", user));

    public static void SetWebhook(this Session session, Package package, string url, string method, string user) => session.Execute(
        "insert into webhooks(package_id, url, method, user) values($package, $url, $method, $user) " +
        "on conflict(package_id) do update set url = $url, method = $method, user = $user",
        ("$package", package.Id),
        ("$url", url),
        ("$method", method),
        ("$user", user));

    public static void DeleteWebhook(this Session session, Package package) =>
        session.Execute("delete from webhooks where package_id = $package", ("$package", package.Id));

    private static List<Package> Packages(
        this Session session, Repository repository, string where, (string Name, object Value) parameter) => session.Query(
            Select + "where repository_id = $repository " + where, r => Map(r, repository), ("$repository", repository.Id), parameter);

    private static Package Map(SqliteDataReader row, Repository repository) => new(
        row.GetInt64(0),
        repository,
        row.GetString(1),
        JsonNode.Parse(row.GetString(2))!.AsObject(),
        row.GetInt64(3),
        row.GetInt64(4));
}
