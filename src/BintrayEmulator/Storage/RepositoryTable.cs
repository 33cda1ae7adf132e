using System.Text.Json.Nodes;
using BintrayEmulator.Http;
using Microsoft.Data.Sqlite;

namespace BintrayEmulator.Storage;

/// <summary>Subjects and repositories.</summary>
internal static class RepositoryTable
{
    private const string Select =
        "select r.id, s.name, r.name, r.fields, r.created from repositories r join subjects s on s.id = r.subject_id ";

    public static bool SubjectExists(this Session session, string name) =>
        session.Number("select count(*) from subjects where name = $name", ("$name", name)) > 0;

    public static List<string> Subjects(this Session session) =>
        session.Query("select name from subjects order by name", r => r.GetString(0));

    /// <summary>Makes a subject known: with its first repository, or because a user of that name exists.</summary>
    public static void AddSubject(this Session session, string name) => session.Execute(
        "insert into subjects(name, created) values($name, $now) on conflict(name) do nothing", ("$name", name), ("$now", session.Now));

    /// <summary>A repository, or a 404 that names what is missing, in the service's order: the subject first.</summary>
    public static Repository Repository(this Session session, string subject, string name)
    {
        var found = session.Query(Select + "where s.name = $subject and r.name = $name", Map, ("$subject", subject), ("$name", name));
        if (found.Count == 1)
            return found[0];

        throw session.SubjectExists(subject) ? Refusals.RepoMissing(name) : Refusals.SubjectMissing(subject);
    }

    public static List<Repository> Repositories(this Session session, string subject) =>
        session.Query(Select + "where s.name = $subject order by r.name", Map, ("$subject", subject));

    public static List<Repository> AllRepositories(this Session session) => session.Query(Select + "order by s.name, r.name", Map);

    public static void AddRepository(this Session session, string subject, string name, JsonObject fields)
    {
        session.AddSubject(subject);
        var added = session.Execute(
            "insert into repositories(subject_id, name, fields, created, updated) " +
            "select id, $name, $fields, $now, $now from subjects where name = $subject on conflict do nothing",
            ("$subject", subject),
            ("$name", name),
            ("$fields", fields.ToJsonString()),
            ("$now", session.Now));
        if (added == 0)
            throw Refusals.RepoExists(subject, name);
    }

    public static void UpdateRepository(this Session session, Repository repository, JsonObject fields) => session.Execute(
        "update repositories set fields = $fields, updated = $now where id = $id",
        ("$fields", fields.ToJsonString()),
        ("$now", session.Now),
        ("$id", repository.Id));

    public static void DeleteRepository(this Session session, Repository repository)
    {
        session.RecordDeletion("r.id", repository.Id, "delete");
        session.Execute("delete from repositories where id = $id", ("$id", repository.Id));
    }

    public static long PackageCount(this Session session, Repository repository) =>
        session.Number("select count(*) from packages where repository_id = $id", ("$id", repository.Id));

    private static Repository Map(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), JsonNode.Parse(row.GetString(3))!.AsObject(), row.GetInt64(4));
}
