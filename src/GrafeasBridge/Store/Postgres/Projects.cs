namespace GrafeasBridge.Store.Postgres;

/// <summary>Projects that somebody created. Notes and occurrences need only the name, which <see cref="NameKeys"/> keeps.</summary>
internal static class Projects
{
    private const string Insert = $"insert into projects (name) values ({NameCommands.Project}) on conflict do nothing";
    private const string Remove = $"delete from projects where name = {NameCommands.Project}";
    private const string Exists = $"select 1 from projects where name = {NameCommands.Project}";

    internal const string Page = "select p.seq, n.name from projects p join project_names n on n.key = p.name where p.seq > $1 order by p.seq limit $2";

    public static async Task<bool> AddAsync(PostgresSession session, string project)
    {
        await session.Use(NameCommands.MakeProjects).Add((string[])[project]).RunAsync();
        if (await session.Use(Insert).Add(project).RunAsync() == 0)
            throw StoreRefusals.ProjectExists(project);
        return true;
    }

    public static async Task<bool> DeleteAsync(PostgresSession session, string project)
    {
        if (await session.Use(Remove).Add(project).RunAsync() == 0)
            throw StoreRefusals.ProjectNotFound(project);
        return true;
    }

    public static async Task<bool> HasAsync(PostgresSession session, string project) =>
        await session.Use(Exists).Add(project).NumberAsync() is not null;

    public static async Task<IReadOnlyList<StoredProject>> ListAsync(PostgresSession session, long after, int limit) =>
        await session.Use(Page).Add(after).Add(limit).AllAsync(static row => new StoredProject(row.Number(0), row.Text(1)));
}
