namespace GrafeasBridge.Store.Sqlite;

/// <summary>Projects that somebody created. Notes and occurrences need only the name, which <see cref="NameKeys"/> keeps.</summary>
internal static class Projects
{
    private static readonly Sql Insert = new("insert into projects (name) values (?) on conflict do nothing");
    private static readonly Sql Remove = new("delete from projects where name = (select key from project_names where name = ?)");

    private static readonly Sql Exists = new(
        "select 1 from projects where name = (select key from project_names where name = ?)");

    internal static readonly Sql Page = new(
        """
        select p.seq, n.name from projects p join project_names n on n.key = p.name
        where p.seq > ? order by p.seq limit ?
        """);

    public static bool Add(WriteSession session, string project)
    {
        if (session.Use(Insert).Add(NameKeys.Project(session, project)).Run() == 0)
            throw StoreRefusals.ProjectExists(project);
        return true;
    }

    public static bool Delete(WriteSession session, string project)
    {
        if (session.Use(Remove).Add(project).Run() == 0)
            throw StoreRefusals.ProjectNotFound(project);
        return true;
    }

    public static bool Has(SqliteDatabase database, string project) =>
        database.Use(Exists).Add(project).RunForNumber() is not null;

    public static List<StoredProject> List(SqliteDatabase database, long after, int limit) =>
        database.Use(Page).Add(after).Add(limit).All(static row => new StoredProject(row.Number(0), row.Text(1)));
}
