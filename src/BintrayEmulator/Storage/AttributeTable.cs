using System.Text.Json;
using BintrayEmulator.Attributes;
using Microsoft.Data.Sqlite;

namespace BintrayEmulator.Storage;

/// <summary>Attributes of packages and of versions: two tables of one shape.</summary>
internal static class AttributeTable
{
    public static List<StoredAttribute> Attributes(this Session session, AttributeOwner owner) => session.Query(
        $"select name, type, vals from {Table(owner.IsVersion)} where owner_id = $owner order by name", Map, ("$owner", owner.Id));

    /// <summary>Makes the owner carry exactly these.</summary>
    public static void ReplaceAttributes(this Session session, AttributeOwner owner, IEnumerable<StoredAttribute> attributes)
    {
        session.DeleteAttributes(owner);
        session.MergeAttributes(owner, attributes);
    }

    /// <summary>Creates or replaces the named ones, keeps the others.</summary>
    public static void MergeAttributes(this Session session, AttributeOwner owner, IEnumerable<StoredAttribute> attributes)
    {
        // One statement for all of them: preparing one for each costs more than running it.
        var rows = attributes.Select(a => new object[] { a.Name, (int)a.Type, JsonSerializer.Serialize(a.Values) });
        session.Execute(
            $"insert or replace into {Table(owner.IsVersion)}(owner_id, name, type, vals) " +
            "select $owner, value ->> 0, value ->> 1, value ->> 2 from json_each($rows)",
            ("$owner", owner.Id),
            ("$rows", JsonSerializer.Serialize(rows)));
        session.Touch(owner);
    }

    public static void DeleteAttributes(this Session session, AttributeOwner owner)
    {
        session.Execute($"delete from {Table(owner.IsVersion)} where owner_id = $owner", ("$owner", owner.Id));
        session.Touch(owner);
    }

    public static void DeleteAttributes(this Session session, AttributeOwner owner, IEnumerable<string> names)
    {
        session.Execute(
            $"delete from {Table(owner.IsVersion)} where owner_id = $owner and name in (select value from json_each($names))",
            ("$owner", owner.Id),
            ("$names", JsonSerializer.Serialize(names)));
        session.Touch(owner);
    }

    public static bool OwnerExists(this Session session, AttributeOwner owner) =>
        session.Number($"select count(*) from {(owner.IsVersion ? "versions" : "packages")} where id = $id", ("$id", owner.Id)) > 0;

    private static void Touch(this Session session, AttributeOwner owner) => session.Execute(
        $"update {(owner.IsVersion ? "versions" : "packages")} set updated = $now where id = $id",
        ("$now", session.Now),
        ("$id", owner.Id));

    private static string Table(bool isVersion) => isVersion ? "version_attributes" : "package_attributes";

    private static StoredAttribute Map(SqliteDataReader row) =>
        new(row.GetString(0), (AttributeType)row.GetInt32(1), JsonSerializer.Deserialize<List<string>>(row.GetString(2))!);
}
