namespace GrafeasBridge.Store.Sqlite;

/// <summary>The bytes that occurrences were read from, beside those occurrences.</summary>
internal static class Uploads
{
    private static readonly Sql Insert = new(
        "insert into uploads (project, gitoid, create_time, content) values (?, ?, ?, ?) on conflict (project, gitoid) do nothing");

    internal static readonly Sql ContentOf = new("select content from uploads where project = ? and gitoid = ?");

    /// <summary>Keeps an upload; one that is there already stays as it is.</summary>
    public static void Add(WriteSession session, NewUpload upload)
    {
        var project = NameKeys.Project(session, upload.Project);
        session.Use(Insert).Add(project).Add(upload.Gitoid).Add(upload.CreateTime).Add(upload.Content).Run();
    }

    public static byte[]? Content(SqliteDatabase database, string project, string gitoid) =>
        NameKeys.Project(database, project) is { } key
            ? database.Use(ContentOf).Add(key).Add(gitoid).RunForBytes()
            : null;
}
