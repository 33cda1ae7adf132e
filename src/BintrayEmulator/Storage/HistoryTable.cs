using BintrayEmulator.Attributes;
using Microsoft.Data.Sqlite;

namespace BintrayEmulator.Storage;

/// <summary>Every state that a version had, written in the transaction that made it. Bounded: the oldest entries go first.</summary>
internal static class HistoryTable
{
    private const string Of =
        "from versions v join packages p on p.id = v.package_id join repositories r on r.id = p.repository_id " +
        "join subjects s on s.id = r.subject_id ";

    private const string Insert =
        "insert into history(time, subject, repo, package, version, verb, attributes) " +
        "select $now, s.name, r.name, p.name, v.name, $verb, $attributes " + Of;

    /// <summary>Records what a version carries now. Packages have no history.</summary>
    public static void RecordChange(this Session session, AttributeOwner owner, string verb)
    {
        if (session.HistoryLimit == 0 || !owner.IsVersion)
            return;

        session.Execute(
            Insert + "where v.id = $id",
            ("$now", session.Now),
            ("$verb", verb),
            ("$attributes", AttributeCodec.Write(session.Attributes(owner)).ToJsonString()),
            ("$id", owner.Id));
        session.Trim();
    }

    /// <summary>Records that versions are about to be deleted: one, or all of a package or repository.</summary>
    /// <param name="column">The id that names them: of v, p or r.</param>
    public static void RecordDeletion(this Session session, string column, long id, string verb)
    {
        if (session.HistoryLimit == 0)
            return;

        session.Execute(
            Insert + $"where {column} = $id order by v.id", ("$now", session.Now), ("$verb", verb), ("$attributes", "[]"), ("$id", id));
        session.Trim();
    }

    /// <summary>Entries behind one, in order, at most so many.</summary>
    public static List<HistoryEntry> History(this Session session, long after, int limit) => session.Query(
        "select sequence, time, subject, repo, package, version, verb, attributes from history " +
        "where sequence > $after order by sequence limit $limit",
        Map,
        ("$after", after),
        ("$limit", limit));

    /// <summary>The last number given to an entry; 0 before the first.</summary>
    public static long LastOfHistory(this Session session) => session.Number("select max(sequence) from history");

    public static bool IsHistoryTruncated(this Session session) => session.Number("select min(sequence) from history") > 1;

    private static void Trim(this Session session) => session.Execute(
        "delete from history where sequence <= (select max(sequence) from history) - $limit", ("$limit", session.HistoryLimit));

    private static HistoryEntry Map(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetInt64(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        row.GetString(7));
}
